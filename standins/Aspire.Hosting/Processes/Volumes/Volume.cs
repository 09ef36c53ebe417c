namespace Aspire.Hosting.Processes.Volumes;

/// <summary>A folder in which a container keeps its data; locked for as long as the application runs.</summary>
internal sealed class Volume(string path, FileStream? lockFile) : IDisposable
{
    private const string LockFileName = ".lock";

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    public static Volume Open(string path, string description)
    {
        try
        {
            Directory.CreateDirectory(path);
            // Locked by the operating system, so that the lock of an AppHost that was killed is gone with it.
            var lockFile = System.IO.Path.Combine(path, LockFileName);
            return new Volume(path, new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Unwritable(path, description, exception.Message, exception);
        }
        catch (IOException exception) when (exception is not DirectoryNotFoundException && IsLocked(path))
        {
            throw new StartFailureException(
                $"The {description} is in use by another AppHost ({path}): stop that one, or give this one volumes of its "
                + "own, for example with --Demo:Volumes=<prefix>.",
                exception);
        }
        catch (IOException exception)
        {
            throw Unwritable(path, description, exception.Message, exception);
        }
    }

    public void Dispose() => lockFile?.Dispose();

    /// <summary>Deletes what a container without a volume has left.</summary>
    public void Delete()
    {
        Dispose();
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody was quicker.
            return;
        }
    }

    private static bool IsLocked(string path)
    {
        try
        {
            using var probe = new FileStream(System.IO.Path.Combine(path, LockFileName), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return false;
        }
        catch (IOException exception)
        {
            return exception is not (FileNotFoundException or DirectoryNotFoundException);
        }
    }

    private static StartFailureException Unwritable(string path, string description, string reason, Exception inner) => new(
        $"The {description} cannot be written ({reason.TrimEnd('.')}): make {path} writable, and see that the disk is neither full nor "
        + "read-only.",
        inner);
}

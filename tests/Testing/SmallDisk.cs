using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Testing;

/// <summary>A small disk in memory.</summary>
public sealed class SmallDisk : IDisposable
{
    private const long Reserve = 256;
    private readonly int _megabytes;

    private SmallDisk(string folder, int megabytes) => (Folder, _megabytes) = (folder, megabytes);

    public string Folder { get; }

    /// <summary>True if this user may mount one.</summary>
    public static bool CanMount { get; } = Try();

    /// <summary>Mounts one.</summary>
    /// <param name="megabytes">Its size.</param>
    /// <param name="ownedLike">A file. The disk gets the same owner.</param>
    /// <param name="at">The folder, which is made. A temporary one by default.</param>
    public static SmallDisk Mount(int megabytes = 8, string? ownedLike = null, string? at = null)
    {
        var folder = at is null ? Directory.CreateTempSubdirectory("small-disk-").FullName : Directory.CreateDirectory(at).FullName;
        return Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "tmpfs", folder)
            && (ownedLike is null || Run("chown", $"--reference={ownedLike}", folder))
            ? new SmallDisk(folder, megabytes)
            : throw new InvalidOperationException($"The test could not mount a disk at {folder}.");
    }

    /// <summary>Makes it as small as what it holds. Others may write meanwhile, so it takes some tries.</summary>
    public Task FillAsync() => Eventually.GetAsync(
        () =>
        {
            var drive = new DriveInfo(Folder);
            return Task.FromResult(TryResize(((drive.TotalSize - drive.AvailableFreeSpace) / 1024) + Reserve));
        },
        isFull => isFull);

    /// <summary>Gives it back its size.</summary>
    public Task MakeRoomAsync() => Eventually.GetAsync(() => Task.FromResult(TryResize(_megabytes * 1024L)), hasRoom => hasRoom);

    private bool TryResize(long kilobytes) =>
        Run("mount", "-o", string.Create(CultureInfo.InvariantCulture, $"remount,size={kilobytes}k"), Folder);

    public void Dispose()
    {
        // Lazy: a process that was killed may still be ending.
        Run("umount", "--lazy", Folder);
        Directory.Delete(Folder);
    }

    private static bool Try()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return false;
        }

        // In a container, even root may not mount.
        var folder = Directory.CreateTempSubdirectory("small-disk-").FullName;
        var mounted = Run("mount", "-t", "tmpfs", "tmpfs", folder);
        _ = mounted && Run("umount", folder);
        Directory.Delete(folder);
        return mounted;
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

/// <summary>A test with a full disk.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() =>
        Skip = SmallDisk.CanMount ? null : "Only root can mount a small disk, and some containers forbid it.";
}

using System.Globalization;

namespace Aspire.Hosting.Processes.Postgres;

/// <summary>
/// postmaster.pid, by which PostgreSQL keeps a second server off its data. One that is left after a crash keeps the next server off too, if
/// its process id belongs to somebody else by then. The volume is locked by us, so only a server that is just ending can still be there.
/// </summary>
internal static class PostmasterFile
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndPoll = TimeSpan.FromMilliseconds(50);

    public static async Task RemoveStaleAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var file = Path.Combine(dataFolder, "postmaster.pid");
        if (!OperatingSystem.IsLinux() || !File.Exists(file))
        {
            // Elsewhere PostgreSQL decides by itself.
            return;
        }

        var start = TimeProvider.System.GetTimestamp();
        while (ServerOf(file, dataFolder) is { } processId)
        {
            if (TimeProvider.System.GetElapsedTime(start) > EndTimeout)
            {
                throw new StartFailureException($"Another PostgreSQL server (process {processId}) is running on {dataFolder}: stop it.");
            }

            await Task.Delay(EndPoll, cancellationToken);
        }

        File.Delete(file);
    }

    private static int? ServerOf(string file, string dataFolder)
    {
        try
        {
            return int.TryParse(File.ReadLines(file).FirstOrDefault(), CultureInfo.InvariantCulture, out var processId)
                && new FileInfo($"/proc/{processId}/cwd").LinkTarget is { } workingDirectory
                && Path.GetFullPath(workingDirectory) == Path.GetFullPath(dataFolder)
                    ? processId
                    : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file or the process has just gone, or the process is another user's: then it is no server of ours.
            return null;
        }
    }
}

using System.Globalization;

namespace Aspire.Hosting.Processes.Ports;

/// <summary>Finds out who listens on a port, to tell the user.</summary>
internal static class PortOwner
{
    private const string ListenState = "0A";

    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    public static string InUse(int port, string resourceName)
    {
        var owner = Find(port) is { } found ? $"by {found}" : "by another program";
        return $"Port {port}, on which '{resourceName}' listens, is in use {owner}: stop that, or give '{resourceName}' another port.";
    }

    /// <summary>The name and id of the process; null if that cannot be told.</summary>
    public static string? Find(int port)
    {
        try
        {
            return OperatingSystem.IsLinux() && SocketOf(port) is { } inode ? ProcessOf(inode) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Only the better half of an error message is lost.
            return null;
        }
    }

    // The columns of /proc/net/tcp: sl, local address:port, remote, state, queues, timers, retransmits, uid, timeout, inode.
    private static string? SocketOf(int port)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return SocketTables
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(columns => columns.Length > 9 && columns[1].EndsWith(suffix, StringComparison.Ordinal) && columns[3] == ListenState)?[9];
    }

    private static string? ProcessOf(string inode)
    {
        var link = $"socket:[{inode}]";
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                if (Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")).Any(fd => new FileInfo(fd).LinkTarget == link))
                {
                    return $"{File.ReadAllText(Path.Combine(process, "comm")).Trim()} (process {Path.GetFileName(process)})";
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another user's process, or one that has just ended: not ours to look into.
                continue;
            }
        }

        return null;
    }
}

using System.Globalization;

namespace Aspire.Hosting.Processes.Running;

/// <summary>Runs programs as another user, for those that refuse to run as root.</summary>
internal static class OtherUser
{
    // Bits of the capability sets in /proc/self/status. Either lets a process pass folders that its user may not enter.
    private static readonly (string Name, int Bit)[] FolderCapabilities = [("dac_read_search", 2), ("dac_override", 1)];

    /// <summary>What to put before the program so that it runs as this user and reaches all of these folders.</summary>
    public static IReadOnlyList<string> Prefix(UserIdentity user, params IEnumerable<string> folders)
    {
        var setpriv = Programs.Find("setpriv")
            ?? throw new StartFailureException("PostgreSQL does not run as root, and running it as another user needs "
                + "'setpriv' (package util-linux): install that, or do not run as root.");
        List<string> prefix = [setpriv, $"--reuid={user.UserId}", $"--regid={user.GroupId}", "--clear-groups"];
        if (folders.Select(FindClosed).FirstOrDefault(closed => closed is not null) is { } closed)
        {
            // A checkout below /root, for example. The capability opens the way to its folders; the rights on files stay the user's.
            var capability = FolderCapabilities.FirstOrDefault(candidate => HasCapability(candidate.Bit)).Name
                ?? throw new StartFailureException(
                    $"PostgreSQL does not run as root, and the user '{user.Name}' may not enter {closed}: allow it with "
                    + $"'chmod o+x {closed}', or move the solution elsewhere.");
            prefix.Add($"--inh-caps=+{capability}");
            prefix.Add($"--ambient-caps=+{capability}");
        }

        return prefix;
    }

    /// <summary>The first folder on the way that not everybody may enter.</summary>
    private static string? FindClosed(string path)
    {
        for (var folder = new DirectoryInfo(Path.GetFullPath(path)).Parent; folder is not null; folder = folder.Parent)
        {
            if (folder.Exists && !folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                return folder.FullName;
            }
        }

        return null;
    }

    private static bool HasCapability(int bit)
    {
        const string Effective = "CapEff:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Effective, StringComparison.Ordinal));
        return line is not null
            && (ulong.Parse(line[Effective.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << bit)) != 0;
    }
}

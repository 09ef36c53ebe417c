using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace Testing;

/// <summary>A test that needs pg_basebackup of PostgreSQL. It is skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresPairFactAttribute : FactAttribute
{
    public PostgresPairFactAttribute() => Skip = PostgresPair.Programs is null
        ? "There is no pg_basebackup: install Debian's postgresql, or set PG_BIN to the folder of PostgreSQL's programs."
        : null;
}

/// <summary>A primary PostgreSQL server with a synchronous standby: what is committed is on both.</summary>
public sealed class PostgresPair : IAsyncDisposable
{
    /// <summary>PostgreSQL does not run as root. The first lines of the script are the same for all programs.</summary>
    private const string AsPostgres = """
        set -eu
        as() { if [ "$(id -u)" = 0 ]; then set -- setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; fi; exec "$@"; }
        cd /tmp

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("postgres-pair-").FullName;
    private readonly int _primaryPort = FreePort();
    private readonly int _standbyPort = FreePort();
    private readonly List<Process> _servers = [];

    /// <summary>The folder of PostgreSQL's programs. Null if there is none.</summary>
    public static string? Programs { get; } = Folders().FirstOrDefault(folder => File.Exists(Path.Combine(folder, "pg_basebackup")));

    /// <summary>The connection string of whoever of them is the primary.</summary>
    public string Database => new NpgsqlConnectionStringBuilder
    {
        Host = $"127.0.0.1:{_primaryPort},127.0.0.1:{_standbyPort}",
        Username = "postgres",
        Database = "postgres",
        TargetSessionAttributes = "primary",
        HostRecheckSeconds = 1,
        MaxPoolSize = 20,
    }.ConnectionString;

    private string Standby => $"Host=127.0.0.1;Port={_standbyPort};Username=postgres;Database=postgres;Pooling=false";

    public static async Task<PostgresPair> StartAsync()
    {
        var pair = new PostgresPair();
        var (primary, standby) = (Path.Combine(pair._folder, "primary"), Path.Combine(pair._folder, "standby"));
        await RunAsync($"if [ $(id -u) = 0 ]; then chown postgres {pair._folder}; fi");
        await RunAsync($"as {Programs}/initdb -D {primary} -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync");
        await pair.StartServerAsync(primary, pair._primaryPort);
        await RunAsync(
            $"as {Programs}/pg_basebackup -h 127.0.0.1 -p {pair._primaryPort} -U postgres -D {standby} -R -X stream -c fast --no-sync");
        await pair.StartServerAsync(standby, pair._standbyPort);
        await Sql.ExecuteAsync(pair.Database, "ALTER SYSTEM SET synchronous_standby_names = '*'");
        await Sql.ExecuteAsync(pair.Database, "SELECT pg_reload_conf()");
        await Eventually.GetAsync(
            () => Sql.ScalarAsync<bool>(pair.Database, "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')"),
            isSynchronous => isSynchronous);
        return pair;
    }

    /// <summary>Kills the primary. Nobody can write until the standby is promoted.</summary>
    public Task KillPrimaryAsync() => KillAsync(_servers[0]);

    public Task PromoteStandbyAsync() => Sql.ScalarAsync<bool>(Standby, "SELECT pg_promote()");

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await KillAsync(server);
            server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartServerAsync(string data, int port)
    {
        _servers.Add(Process.Start("bash", ["-c", AsPostgres
            + $"as {Programs}/postgres -D {data} -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= 2>{data}.log"]));
        var server = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Pooling=false";
        await Eventually.GetAsync(() => IsUpAsync(server), isUp => isUp);
    }

    private static async Task<bool> IsUpAsync(string server)
    {
        try
        {
            return await Sql.ScalarAsync<bool>(server, "SELECT true");
        }
        catch (NpgsqlException exception) when (exception.IsTransient)
        {
            return false; // it starts
        }
    }

    private static async Task KillAsync(Process server)
    {
        server.Kill(entireProcessTree: true);
        await server.WaitForExitAsync();
    }

    private static async Task RunAsync(string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", AsPostgres + command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, error);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static IEnumerable<string> Folders() =>
    [
        Environment.GetEnvironmentVariable("PG_BIN") ?? "",
        .. Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(folder => Path.Combine(folder, "bin"))
            : [],
    ];
}

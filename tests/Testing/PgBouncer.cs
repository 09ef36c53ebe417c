using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Testing;

/// <summary>A test that needs PgBouncer. It is skipped if PgBouncer is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PgBouncerFactAttribute : Xunit.FactAttribute
{
    public PgBouncerFactAttribute() => Skip = PgBouncer.IsMissing ? PgBouncer.MissingReason : null;
}

/// <summary>A theory that needs PgBouncer. It is skipped if PgBouncer is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PgBouncerTheoryAttribute : Xunit.TheoryAttribute
{
    public PgBouncerTheoryAttribute() => Skip = PgBouncer.IsMissing ? PgBouncer.MissingReason : null;
}

/// <summary>A PgBouncer in transaction mode in front of a database, on a free port.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    public const string MissingReason = "PgBouncer is not installed: apt-get install pgbouncer";
    private const string Program = "/usr/sbin/pgbouncer";
    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private PgBouncer(DirectoryInfo folder, Process process, string database) =>
        (_folder, _process, Database) = (folder, process, database);

    public static bool IsMissing => !File.Exists(Program);

    /// <summary>The connection string through it.</summary>
    public string Database { get; }

    /// <summary>Starts it, and waits until it takes connections.</summary>
    /// <param name="database">The connection string of the database.</param>
    /// <param name="ignores">Start-up parameters that it drops. It refuses the others that it does not know.</param>
    public static async Task<PgBouncer> StartAsync(string database, string ignores)
    {
        var server = new NpgsqlConnectionStringBuilder(database);
        var folder = Directory.CreateTempSubdirectory("pgbouncer");
        var file = Path.Combine(folder.FullName, "pgbouncer.ini");
        var port = FreePort();
        await File.WriteAllTextAsync(file, $"""
            [databases]
            * = host={server.Host} port={server.Port} user={server.Username} password='{server.Password?.Replace("'", "''", StringComparison.Ordinal)}'
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            ignore_startup_parameters = extra_float_digits,{ignores}
            """);

        // It does not run as root, and the folder belongs to this user.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
        }

        string[] user = Environment.IsPrivilegedProcess ? ["-u", "nobody"] : [];
        var process = Process.Start(new ProcessStartInfo(Program, ["-q", .. user, file]))!;
        (server.Host, server.Port, server.SslMode) = ("127.0.0.1", port, SslMode.Disable);
        var pooler = new PgBouncer(folder, process, server.ConnectionString);
        await Eventually.GetAsync(() => IsOpenAsync(port), isOpen => isOpen);
        return pooler;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> IsOpenAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

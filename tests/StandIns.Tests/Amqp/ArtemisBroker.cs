using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Amqp;

namespace StandIns.Tests.Amqp;

/// <summary>An Artemis of the tests' own: an instance in a temporary folder, on a free port, gone when the tests are.</summary>
public sealed partial class ArtemisBroker : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"artemis-{Guid.NewGuid():N}");
    private readonly TaskCompletionSource _active = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _port = FreePort();
    private Process? _process;

    public static string? Home => Environment.GetEnvironmentVariable("ARTEMIS_HOME") is { Length: > 0 } home ? home : null;

    public async Task InitializeAsync()
    {
        if (Home is null)
        {
            return; // every test that would use it is skipped
        }

        using (var create = Start(
            Path.Combine(Home, "bin", "artemis"),
            ["create", _folder, "--user", "user", "--password", "p@ss", "--require-login", "--no-web", "--silent", "--no-autotune", "--nio"]))
        {
            await create.WaitForExitAsync().InTime();
        }

        var settings = Path.Combine(_folder, "etc", "broker.xml");
        var acceptor = $"<acceptors><acceptor name=\"amqp\">tcp://127.0.0.1:{_port}?protocols=AMQP,CORE</acceptor></acceptors>";
        await File.WriteAllTextAsync(settings, Acceptors().Replace(await File.ReadAllTextAsync(settings), acceptor));
        _process = Start(Path.Combine(_folder, "bin", "artemis"), ["run"]);
        await _active.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public Task<Connection> ConnectAsync(string password = "p@ss") =>
        new ConnectionFactory().CreateAsync(new Address("127.0.0.1", _port, "user", password, "/", "AMQP")).InTime();

    /// <summary>As a power failure would.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().InTime();
        }
    }

    public async Task DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [GeneratedRegex("<acceptors>.*</acceptors>", RegexOptions.Singleline)]
    private static partial Regex Acceptors();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Process Start(string program, string[] arguments)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.OutputDataReceived += (_, line) => _ = line.Data?.Contains("AMQ221007", StringComparison.Ordinal) is true && _active.TrySetResult();
        process.ErrorDataReceived += (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}

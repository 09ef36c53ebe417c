using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ReceiverService.EntityItems;
using Tests.Harness;
using Xunit;

namespace ReceiverService.Tests;

/// <summary>A ReceiverService as a process of its own, for what only a process shows: to be killed, and to be asked to end.</summary>
internal sealed class ReceiverProcess : IAsyncDisposable
{
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly HttpClient _client;

    private ReceiverProcess(Process process, Uri address)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = address };
    }

    /// <summary>Starts it on a database and a queue, and waits until it consumes.</summary>
    public static async Task<ReceiverProcess> StartAsync(string database, string broker, string queue, params string[] settings)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        string[] arguments =
        [
            typeof(EntityItem).Assembly.Location,
            $"--urls={address.GetLeftPart(UriPartial.Authority)}",
            "--environment=Development",
            $"--ConnectionStrings:receiverdb={database}",
            $"--ConnectionStrings:artemis={broker}",
            $"--Inbox:Queue={queue}",
            .. settings.Select(setting => $"--{setting}"),
        ];
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = AppContext.BaseDirectory, RedirectStandardOutput = true };
        var receiver = new ReceiverProcess(Process.Start(start)!, address);
        receiver._process.OutputDataReceived += (_, _) => { };
        receiver._process.BeginOutputReadLine();
        await Eventually.GetAsync(receiver.HealthAsync, health => health.StartsWith("""{"status":"Healthy",""", StringComparison.Ordinal));
        return receiver;
    }

    /// <summary>SIGKILL, in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitedAsync();
    }

    /// <summary>SIGTERM.</summary>
    /// <returns>The exit code, and how long it took.</returns>
    public async Task<(int ExitCode, TimeSpan Took)> TerminateAsync()
    {
        var started = Stopwatch.GetTimestamp();
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        await ExitedAsync();
        return (_process.ExitCode, Stopwatch.GetElapsedTime(started));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _client.Dispose();
        _process.Dispose();
    }

    private async Task ExitedAsync()
    {
        using var timeout = new CancellationTokenSource(ExitTimeout);
        await _process.WaitForExitAsync(timeout.Token);
    }

    private async Task<string> HealthAsync()
    {
        Assert.False(_process.HasExited, "The receiver has ended.");
        try
        {
            using var response = await _client.GetAsync(new Uri("/health", UriKind.Relative));
            return await response.Content.ReadAsStringAsync();
        }
        catch (HttpRequestException)
        {
            return "not listening yet";
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

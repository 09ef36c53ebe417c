using System.Diagnostics;
using System.Net.Sockets;
using System.Net;

namespace Benchmarks;

/// <summary>A service in a process of its own, as built for release.</summary>
internal sealed class Service : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private readonly Process _process;

    private Service(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address };
    }

    public HttpClient Client { get; }

    /// <summary>What the process has used of the processor so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The process's memory as the operating system counts it, bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts a service and waits until it is alive.</summary>
    /// <param name="name">The name of its project.</param>
    /// <param name="settings">Its configuration, as on a command line: <c>Outbox:Queue=…</c>.</param>
    public static async Task<Service> StartAsync(string name, params string[] settings)
    {
        var folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", name, "release"));
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        string[] arguments =
        [
            Path.Combine(folder, $"{name}.dll"),
            $"--urls={address.GetLeftPart(UriPartial.Authority)}",
            "--environment=Production",
            "--Logging:LogLevel:Default=Warning",
            .. settings.Select(setting => $"--{setting}"),
        ];
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder };
        var service = new Service(Process.Start(start)!, address);
        await service.WaitUntilAliveAsync();
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var timeout = new CancellationTokenSource(StopTimeout);
        using (var terminate = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
        {
            await terminate.WaitForExitAsync(timeout.Token);
        }

        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        finally
        {
            _process.Kill();
            _process.Dispose();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitUntilAliveAsync()
    {
        while (true)
        {
            try
            {
                using var response = await Client.GetAsync(new Uri("/alive", UriKind.Relative));
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }
}

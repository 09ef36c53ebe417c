using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;

namespace Testing;

/// <summary>A service in a process of its own. A test can kill it, or pause and resume it.</summary>
public sealed class ServiceInstance : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private const string Listening = "Now listening on: ";
    private readonly ConcurrentQueue<string> _output = new();
    private readonly HttpClient _client = new();
    private readonly Process _process;

    private ServiceInstance(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The lines that it has written so far to standard output and standard error.</summary>
    public IReadOnlyCollection<string> Output => _output;

    public bool HasExited => _process.HasExited;

    /// <summary>Its memory in bytes, as the operating system counts it.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The processor time that it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The address on which it listens, once it has written it.</summary>
    public Uri? Address => _output.FirstOrDefault(line => line.Contains(Listening, StringComparison.Ordinal)) is { } line
        ? new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..])
        : null;

    /// <summary>Starts a service on a free port. Does not wait for it.</summary>
    /// <param name="service">The service's assembly.</param>
    /// <param name="settings">Its configuration, as on a command line: <c>Outbox:Queue=…</c>.</param>
    public static ServiceInstance Start(Assembly service, params string[] settings) => Start(service.Location, settings);

    /// <summary>Starts a service on a free port. Does not wait for it.</summary>
    /// <param name="service">The file of the service's assembly.</param>
    /// <param name="settings">Its configuration, as on a command line: <c>Outbox:Queue=…</c>.</param>
    public static ServiceInstance Start(string service, params string[] settings) =>
        Start(service, new Dictionary<string, string>(), settings);

    /// <summary>Starts a service on a free port. Does not wait for it.</summary>
    /// <param name="service">The file of the service's assembly.</param>
    /// <param name="environment">More environment variables for its process.</param>
    /// <param name="settings">Its configuration, as on a command line: <c>Outbox:Queue=…</c>.</param>
    public static ServiceInstance Start(string service, IReadOnlyDictionary<string, string> environment, params string[] settings)
    {
        string[] arguments = [service, "--urls=http://127.0.0.1:0", .. settings.Select(setting => $"--{setting}")];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = Path.GetDirectoryName(service),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ServiceInstance(Process.Start(start)!);
    }

    /// <summary>Waits until every check is healthy, the broker's too.</summary>
    public Task WaitUntilHealthyAsync() => Eventually.HealthyAsync(HealthAsync);

    /// <summary>The health report as JSON. Another text while it does not listen yet.</summary>
    public async Task<string> HealthAsync()
    {
        if (HasExited)
        {
            throw new InvalidOperationException($"The service has ended:\n{string.Join('\n', _output)}");
        }

        if (Address is not { } address)
        {
            return "not listening yet";
        }

        using var response = await _client.GetAsync(new Uri(address, "/health"));
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Sends SIGKILL: it ends at once.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends SIGSTOP: it stays there and does nothing.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>Sends SIGCONT: it continues where it was paused.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>Sends a signal.</summary>
    public Task SignalAsync(string signal) => Signal.SendAsync(_process.Id, signal);

    /// <summary>Sends SIGTERM, and waits until it has ended.</summary>
    /// <returns>Its exit code, and how long it took.</returns>
    public async Task<(int ExitCode, TimeSpan Took)> StopAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await SignalAsync("TERM");
        using var timeout = new CancellationTokenSource(StopTimeout);
        await _process.WaitForExitAsync(timeout.Token);
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

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}

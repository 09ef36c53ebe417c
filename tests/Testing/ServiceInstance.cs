using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;

namespace Testing;

/// <summary>A service as a process of its own that a test can kill, or stop in its tracks and let go on.</summary>
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

    /// <summary>What it has written so far, to standard output and standard error.</summary>
    public IReadOnlyCollection<string> Output => _output;

    public bool HasExited => _process.HasExited;

    /// <summary>Its memory as the operating system counts it, bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>What it has used of the processor so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Where it listens, once it says so: on a port that was free.</summary>
    public Uri? Address => _output.FirstOrDefault(line => line.Contains(Listening, StringComparison.Ordinal)) is { } line
        ? new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..])
        : null;

    /// <summary>Starts a service on a free port; does not wait for anything.</summary>
    /// <param name="service">The service's assembly.</param>
    /// <param name="settings">Its configuration, as on a command line: <c>Outbox:Queue=…</c>.</param>
    public static ServiceInstance Start(Assembly service, params string[] settings) => Start(service.Location, settings);

    /// <summary>Starts a service on a free port; does not wait for anything.</summary>
    /// <param name="service">The file of the service's assembly.</param>
    /// <param name="settings">Its configuration, as on a command line: <c>Outbox:Queue=…</c>.</param>
    public static ServiceInstance Start(string service, params string[] settings) =>
        Start(service, new Dictionary<string, string>(), settings);

    /// <summary>Starts a service on a free port; does not wait for anything.</summary>
    /// <param name="service">The file of the service's assembly.</param>
    /// <param name="environment">What is set for its process, beside what is set for this one.</param>
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

    /// <summary>The health report, JSON; something else as long as it does not listen.</summary>
    public async Task<string> HealthAsync()
    {
        if (HasExited)
        {
            throw new InvalidOperationException($"It has ended:\n{string.Join('\n', _output)}");
        }

        if (Address is not { } address)
        {
            return "not listening yet";
        }

        using var response = await _client.GetAsync(new Uri(address, "/health"));
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>SIGKILL: no farewell.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: it is there, and does nothing.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT: it goes on as if nothing had been.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>SIGTERM: the polite end.</summary>
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

    private Task SignalAsync(string signal) => Signal.SendAsync(_process.Id, signal);

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}

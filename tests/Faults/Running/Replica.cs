using System.Diagnostics;

namespace Faults.Running;

/// <summary>An instance of a service. It reaches its database and the broker only through wires that faults can cut.</summary>
internal sealed class Replica(
    string name, string assembly, GatedWire database, GatedWire broker, int ahead, string[] settings) : Target(name)
{
    private readonly List<ServiceInstance> _lives = [];
    private long _resumedAt;
    private volatile bool _isPaused;

    public GatedWire Database { get; } = database;

    public GatedWire Broker { get; } = broker;

    /// <summary>By how many hours its clock is ahead.</summary>
    public int Ahead => ahead;

    /// <summary>Where it listens. Null if it does not.</summary>
    public Uri? Address => _lives is [.., { HasExited: false } current] ? current.Address : null;

    public override string Log => string.Join("\n==== next process\n", _lives.Select(life => string.Join('\n', life.Output)));

    public override Task StartAsync()
    {
        _lives.Add(ServiceInstance.Start(assembly, FastClock.AheadBy(ahead), settings));
        return Task.CompletedTask;
    }

    public Task WaitUntilHealthyAsync() => _lives[^1].WaitUntilHealthyAsync();

    /// <summary>True if every check of its /health is healthy. False also if it has ended by itself.</summary>
    public async Task<bool> IsHealthyAsync(CancellationToken end)
    {
        try
        {
            return !_lives[^1].HasExited
                && (await _lives[^1].HealthAsync().WaitAsync(end)).StartsWith("""{"status":"Healthy",""", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    public override Task KillAsync() => _lives is [.., { HasExited: false } current] ? current.KillAsync() : Task.CompletedTask;

    public override async Task StopAsync()
    {
        var (exitCode, _) = await _lives[^1].StopAsync();
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"{Name} ended with exit code {exitCode} after SIGTERM.");
        }
    }

    public override async Task PauseAsync()
    {
        _isPaused = true;
        await _lives[^1].PauseAsync();
    }

    public override async Task ResumeAsync()
    {
        await _lives[^1].ResumeAsync();
        Volatile.Write(ref _resumedAt, Stopwatch.GetTimestamp());
        _isPaused = false;
    }

    /// <summary>True if it did not run at some time since then. So it could not answer.</summary>
    public bool WasPausedSince(long timestamp) => _isPaused || Volatile.Read(ref _resumedAt) > timestamp;

    public async ValueTask EndAsync()
    {
        foreach (var life in _lives)
        {
            await life.DisposeAsync();
        }

        await Database.DisposeAsync();
        await Broker.DisposeAsync();
    }
}

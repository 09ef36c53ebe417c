namespace ServiceDefaults.Resilience;

/// <summary>
/// Exponential backoff with jitter. The n-th delay is random, between half of <c>first · 2ⁿ</c> and the whole, but at most
/// <paramref name="longest"/>. Without the jitter, services that lost the same server would all come back at once.
/// </summary>
public sealed class Backoff(TimeSpan first, TimeSpan longest, TimeProvider time)
{
    private int _failures;

    /// <summary>Number of delays since the last success.</summary>
    public int Failures => _failures;

    public void Reset() => _failures = 0;

    public Task DelayAsync(CancellationToken cancellationToken) => Task.Delay(Next(), time, cancellationToken);

    private TimeSpan Next()
    {
        var doubled = first * Math.Pow(2, Math.Min(_failures++, 30));
        var delay = doubled < longest ? doubled : longest;
        return delay * (0.5 + (Random.Shared.NextDouble() / 2));
    }
}

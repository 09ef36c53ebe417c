namespace ServiceDefaults.Resilience;

/// <summary>
/// Exponential backoff with jitter: the n-th delay is random between half of and the whole of <c>first · 2ⁿ</c>, at most
/// <paramref name="longest"/>. The jitter keeps services that lost the same server from coming back in step.
/// </summary>
public sealed class Backoff(TimeSpan first, TimeSpan longest, TimeProvider time)
{
    private int _failures;

    /// <summary>How often it was waited since the last success.</summary>
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

using System.Collections.Concurrent;
using System.Diagnostics;

namespace Testing;

/// <summary>The spans of one source until it is disposed. They may come from any test of this process.</summary>
public sealed class RecordedSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    /// <param name="source">The name of the source.</param>
    public RecordedSpans(string source)
    {
        _listener = new()
        {
            ShouldListenTo = candidate => candidate.Name == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The spans that have started so far. Some may not have ended yet.</summary>
    public IReadOnlyCollection<Activity> All => _spans;

    public void Dispose() => _listener.Dispose();
}

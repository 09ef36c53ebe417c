using System.Diagnostics;
using SenderService.Outbox.Operations;

namespace SenderService.Outbox.Relay;

/// <summary>The messages of one read, for those who observe: from reading to the last answer. Published they are together with those of other reads.</summary>
internal sealed class PublishedBatch(int size, string queue, OutboxMetrics metrics, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private int _open = size;

    public Activity? Span { get; } = OutboxTelemetry.StartBatch(size, queue);

    /// <summary>One of its messages is not on its way any more.</summary>
    public void CompleteOne()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            metrics.RecordBatch(time.GetElapsedTime(_started));
            Span?.Dispose();
        }
    }
}

using System.Diagnostics;
using Amqp;
using ReceiverService.Inbox;
using Xunit;

namespace ReceiverService.Tests.Inbox;

public sealed class InboxTelemetryTests : IDisposable
{
    private static readonly IncomingMessage AnyMessage = IncomingMessage.Read(new Message());

    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == InboxTelemetry.Name,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
    };

    public InboxTelemetryTests() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void What_is_done_for_a_message_alone_belongs_to_its_span()
    {
        using var span = InboxTelemetry.StartProcess(AnyMessage, batch: null, "queue");
        Assert.NotNull(span);
        Assert.Same(span, Activity.Current);
    }

    [Fact]
    public void What_is_done_for_a_batch_belongs_to_the_batch()
    {
        using var batch = InboxTelemetry.StartBatch(2, "queue");
        var spans = new[] { InboxTelemetry.StartProcess(AnyMessage, batch, "queue"), InboxTelemetry.StartProcess(AnyMessage, batch, "queue") };
        Assert.Same(batch, Activity.Current);
        Assert.All(spans, span => Assert.Equal(batch!.Context, Assert.Single(span!.Links).Context));
        InboxTelemetry.EndProcess(spans, failure: null);
    }

    [Fact]
    public void Spans_of_what_failed_end_with_the_reason()
    {
        var span = InboxTelemetry.StartProcess(AnyMessage, batch: null, "queue")!;
        InboxTelemetry.EndProcess([span, null], new InvalidOperationException("because"));
        Assert.True(span.IsStopped);
        Assert.Equal((ActivityStatusCode.Error, "because"), (span.Status, span.StatusDescription));
    }
}

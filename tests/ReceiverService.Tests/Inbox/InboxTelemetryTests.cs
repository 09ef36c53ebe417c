using System.Diagnostics;
using Amqp;
using Messaging.Inbox.Consuming;

namespace ReceiverService.Tests.Inbox;

public sealed class InboxTelemetryTests : IDisposable
{
    private static readonly IncomingMessage AnyMessage = IncomingMessage.Read(new Message());

    private readonly RecordedSpans _spans = new(InboxTelemetry.Name);

    public void Dispose() => _spans.Dispose();

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
        InboxTelemetry.EndProcess(spans, [AnyMessage, AnyMessage]);
    }

    [Fact]
    public void Of_what_is_committed_a_dead_letter_ends_as_failed()
    {
        var good = AnyMessage with { Failure = null };
        var spans = InboxTelemetry.StartProcess([good, good with { Failure = "because" }], batch: null, "queue")!;
        InboxTelemetry.EndProcess(spans, [good, good with { Failure = "because" }]);
        Assert.All(spans, span => Assert.True(span!.IsStopped));
        Assert.Equal([(ActivityStatusCode.Unset, null), (ActivityStatusCode.Error, "because")], spans.Select(StatusOf));
    }

    [Fact]
    public void What_fails_alone_ends_with_the_reason()
    {
        var span = InboxTelemetry.StartProcess(AnyMessage, batch: null, "queue");
        InboxTelemetry.EndProcess([span, null], batch: null, new InvalidOperationException("because"));
        Assert.True(span!.IsStopped);
        Assert.Equal((ActivityStatusCode.Error, "because"), StatusOf(span));
    }

    [Fact]
    public void A_batch_that_fails_says_so_itself_and_not_of_its_messages()
    {
        using var batch = InboxTelemetry.StartBatch(2, "queue");
        var spans = InboxTelemetry.StartProcess([AnyMessage, AnyMessage], batch, "queue")!;
        InboxTelemetry.EndProcess(spans, batch, new InvalidOperationException("because"));
        Assert.Equal((ActivityStatusCode.Error, "because"), StatusOf(batch));
        Assert.All(spans, span => Assert.True(span!.IsStopped));
        Assert.All(spans, span => Assert.Equal((ActivityStatusCode.Unset, null), StatusOf(span)));
    }

    private static (ActivityStatusCode Code, string? Description) StatusOf(Activity? span) => (span!.Status, span.StatusDescription);
}

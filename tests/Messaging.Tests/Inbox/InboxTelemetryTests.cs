using System.Diagnostics;
using Messaging.Inbox;
using Messaging.Inbox.Consuming;

namespace Messaging.Tests.Inbox;

public sealed class InboxTelemetryTests : IDisposable
{
    private readonly RecordedSpans _spans = new(InboxExtensions.TelemetryName);

    public void Dispose() => _spans.Dispose();

    [Fact]
    public void The_statements_for_one_message_belong_to_its_span()
    {
        var span = Assert.Single(InboxTelemetry.StartProcess([AnyMessage()], "queue")!);
        Assert.NotNull(span);
        Assert.Same(span, Activity.Current);
        span.Dispose();
    }

    [Fact]
    public void The_statements_for_several_messages_belong_to_none_of_them()
    {
        using var outer = new Activity("outer").Start();
        IncomingMessage[] messages = [AnyMessage(), AnyMessage()];
        var spans = InboxTelemetry.StartProcess(messages, "queue");
        Assert.Same(outer, Activity.Current);
        Assert.Equal(2, spans!.OfType<Activity>().Distinct().Count());
        InboxTelemetry.EndProcess(spans, messages);
        Assert.Same(outer, Activity.Current);
    }

    [Fact]
    public void Of_committed_messages_a_dead_letter_ends_as_failed()
    {
        IncomingMessage[] messages = [AnyMessage(), AnyMessage()];
        messages[1].Fail("because");
        var spans = InboxTelemetry.StartProcess(messages, "queue")!;
        InboxTelemetry.EndProcess(spans, messages);
        Assert.All(spans, span => Assert.True(span!.IsStopped));
        Assert.Equal([(ActivityStatusCode.Unset, null), (ActivityStatusCode.Error, "because")], spans.Select(StatusOf));
    }

    [Fact]
    public void A_message_that_fails_alone_ends_with_the_reason()
    {
        var spans = InboxTelemetry.StartProcess([AnyMessage()], "queue")!;
        InboxTelemetry.EndProcess(spans, new InvalidOperationException("because"));
        Assert.True(spans[0]!.IsStopped);
        Assert.Equal((ActivityStatusCode.Error, "because"), StatusOf(spans[0]));
    }

    [Fact]
    public void The_failure_of_a_batch_is_no_failure_of_its_messages()
    {
        var spans = InboxTelemetry.StartProcess([AnyMessage(), AnyMessage()], "queue")!;
        InboxTelemetry.EndProcess(spans, new InvalidOperationException("because"));
        Assert.All(spans, span => Assert.True(span!.IsStopped));
        Assert.All(spans, span => Assert.Equal((ActivityStatusCode.Unset, null), StatusOf(span)));
    }

    /// <summary>A message that can be processed.</summary>
    private static IncomingMessage AnyMessage() => Messages.Read(Messages.Of("Any", "{}"u8.ToArray()));

    private static (ActivityStatusCode Code, string? Description) StatusOf(Activity? span) => (span!.Status, span.StatusDescription);
}

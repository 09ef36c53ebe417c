using System.Diagnostics;
using Amqp.Framing;
using SenderService.Outbox.Operations;

namespace SenderService.Outbox.Relay;

/// <summary>A message on its way to the broker, and what became of it.</summary>
internal sealed class OutboxDelivery(PendingMessage message, OutboxPublisher publisher, PublishedBatch batch)
{
    /// <summary>What a broker, or the client for it, says when it is not the message that is wrong.</summary>
    private static readonly HashSet<string> OutageConditions =
    [
        "amqp:resource-limit-exceeded", "amqp:resource-locked", "amqp:resource-deleted", "amqp:not-found", "amqp:internal-error",
        "amqp:illegal-state", "amqp:unauthorized-access", "amqp:connection:forced", "amqp:link:detach-forced", "amqp:link:stolen",
    ];

    private Outcome? _outcome;

    public PendingMessage Message { get; } = message;

    public OutboxPublisher Publisher { get; } = publisher;

    public PublishedBatch Batch { get; } = batch;

    /// <summary>The next message of the same aggregate; sent once this one is accepted.</summary>
    public OutboxDelivery? Next { get; set; }

    public Activity? Span { get; set; }

    /// <summary>Whether it was given up because the one before it was not accepted.</summary>
    public bool WasNotSent { get; private set; }

    public bool IsAccepted => _outcome is Accepted;

    /// <summary>
    /// Why the broker does not want this message; null if it said no such thing. Only to be believed of a link that is still open: when one
    /// closes, what was in flight is reported as rejected too.
    /// </summary>
    public string? Refusal => _outcome switch
    {
        Rejected { Error: { } error } when OutageConditions.Contains(error.Condition?.ToString() ?? "") => null,
        Rejected { Error: { } error } => $"{error.Condition}: {error.Description}",
        Rejected => "rejected without a reason",
        Modified { UndeliverableHere: true } => "modified: undeliverable here",
        _ => null,
    };

    /// <param name="outcome">The broker's answer; null if none came: it may have the message or not.</param>
    public void Complete(Outcome? outcome)
    {
        _outcome = outcome;
        OutboxTelemetry.EndSend(Span, IsAccepted ? null : Refusal ?? "not delivered");
        Batch.CompleteOne();
    }

    public void GiveUp()
    {
        WasNotSent = true;
        Batch.CompleteOne();
    }
}

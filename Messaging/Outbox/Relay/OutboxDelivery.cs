namespace Messaging.Outbox.Relay;

/// <summary>A message that the relay publishes, and the broker's answer.</summary>
internal sealed class OutboxDelivery(PendingMessage message, OutboxPublisher publisher)
{
    /// <summary>What a broker, or its client, reports when the message is not to blame.</summary>
    private static readonly HashSet<string> OutageConditions =
    [
        "amqp:resource-limit-exceeded", "amqp:resource-locked", "amqp:resource-deleted", "amqp:not-found", "amqp:internal-error",
        "amqp:illegal-state", "amqp:unauthorized-access", "amqp:connection:forced", "amqp:link:detach-forced", "amqp:link:stolen",
    ];

    private Outcome? _outcome;

    public PendingMessage Message { get; } = message;

    public OutboxPublisher Publisher { get; } = publisher;

    /// <summary>The next message of the same aggregate. It is sent after this one is accepted.</summary>
    public OutboxDelivery? Next { get; set; }

    public Activity? Span { get; set; }

    /// <summary>True if it was never sent, because the message before it was not accepted. It stays pending.</summary>
    public bool WasSkipped { get; private set; }

    public bool IsAccepted => _outcome is Accepted;

    /// <summary>
    /// Why the broker refuses this message. Null if it does not. Believe it only while the link is open: when a link closes, the client
    /// reports everything in flight as rejected.
    /// </summary>
    public string? Refusal => _outcome switch
    {
        Rejected { Error: { } error } when OutageConditions.Contains(error.Condition?.ToString() ?? "") => null,
        Rejected { Error: { } error } => $"{error.Condition}: {error.Description}",
        Rejected => "rejected without a reason",
        Modified { UndeliverableHere: true } => "modified: undeliverable here",
        _ => null,
    };

    /// <param name="outcome">The broker's answer. Null if there will be none: the broker may have the message or not.</param>
    public void Complete(Outcome? outcome)
    {
        _outcome = outcome;
        RelayTelemetry.EndSend(Span, IsAccepted ? null : Refusal ?? "not delivered");
    }

    public void Skip() => WasSkipped = true;
}

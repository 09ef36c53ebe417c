using System.Diagnostics;
using Amqp.Framing;

namespace SenderService.Outbox;

/// <summary>A message on its way to the broker, and what became of it.</summary>
internal sealed class OutboxDelivery(PendingMessage message)
{
    private volatile Outcome? _outcome;

    public PendingMessage Message { get; } = message;

    /// <summary>The next message of the same aggregate in this batch; sent once this one is accepted.</summary>
    public OutboxDelivery? Next { get; set; }

    public Activity? Span { get; set; }

    /// <summary>The broker's answer; null as long as there is none.</summary>
    public Outcome? Outcome => _outcome;

    public bool IsAccepted => _outcome is Accepted;

    /// <summary>Why the broker does not want this message; null if it said no such thing.</summary>
    public string? Refusal => _outcome switch
    {
        Rejected rejected => $"{rejected.Error?.Condition}: {rejected.Error?.Description}",
        Modified { UndeliverableHere: true } => "modified: undeliverable here",
        _ => null,
    };

    public void Complete(Outcome outcome)
    {
        _outcome = outcome;
        OutboxTelemetry.EndSend(Span, IsAccepted ? null : Refusal ?? "not delivered");
    }
}

namespace SenderService.Outbox;

/// <summary>A message is pending, sent or failed; there is nothing else that could become of it.</summary>
internal enum OutboxMessageStatus
{
    /// <summary>To be published, now or at its next attempt.</summary>
    Pending,

    /// <summary>The broker has accepted it.</summary>
    Sent,

    /// <summary>Given up, with a reason; an operator decides.</summary>
    Failed,
}

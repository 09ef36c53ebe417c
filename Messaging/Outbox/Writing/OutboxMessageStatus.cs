namespace Messaging.Outbox.Writing;

/// <summary>The three states of a message. There is no fourth: nothing is dropped.</summary>
internal enum OutboxMessageStatus
{
    /// <summary>To be published, now or at its next attempt.</summary>
    Pending,

    /// <summary>Accepted by the broker.</summary>
    Sent,

    /// <summary>Given up, with a reason. An operator requeues or discards it.</summary>
    Failed,
}

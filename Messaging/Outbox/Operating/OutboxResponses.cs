using System.Text.Json;

namespace Messaging.Outbox.Operating;

/// <summary>The outbox at a glance.</summary>
/// <param name="Pending">Number of messages to publish, including those that wait for another attempt.</param>
/// <param name="Failed">Number of failed messages. Each makes the later ones of its aggregate wait.</param>
/// <param name="OldestPendingAge">Time since the oldest pending message was written. Null if there is none.</param>
/// <param name="Relays">The relays that own partitions.</param>
/// <param name="Log">The replication slot of a relay that follows the write-ahead log. Null if there is none.</param>
public sealed record OutboxResponse(
    long Pending, long Failed, TimeSpan? OldestPendingAge, IReadOnlyList<OutboxRelayResponse> Relays, OutboxLogResponse? Log);

/// <summary>The replication slot.</summary>
/// <param name="Slot">Its name.</param>
/// <param name="IsActive">True if a relay reads from it now.</param>
/// <param name="Status">What the server says of it: reserved, extended, unreserved or lost.</param>
/// <param name="LagBytes">How much of its log the server keeps for the relay.</param>
public sealed record OutboxLogResponse(string Slot, bool IsActive, string Status, long LagBytes);

/// <summary>A running relay.</summary>
/// <param name="Name">The instance of the service: the resource's name in the AppHost, otherwise the machine's name.</param>
/// <param name="SessionProcessId">Id of the server process of its session. The session holds the partitions.</param>
/// <param name="Partitions">The partitions that it publishes, of 0 to 15.</param>
public sealed record OutboxRelayResponse(string Name, int SessionProcessId, IReadOnlyList<int> Partitions);

/// <summary>What is sent again.</summary>
/// <param name="Messages">Number of messages.</param>
public sealed record ResendResponse(int Messages);

/// <summary>An outbox message.</summary>
/// <param name="MessageId">The id that consumers see.</param>
/// <param name="Type">The type of the event.</param>
/// <param name="AggregateId">The entity that was changed.</param>
/// <param name="AggregateVersion">The entity's version after the change.</param>
/// <param name="Status">Pending, Sent or Failed.</param>
/// <param name="OccurredAt">When the change was made.</param>
/// <param name="Attempts">How often the broker has refused the message.</param>
/// <param name="NextAttemptAt">When it is tried again. Null if it does not wait for that.</param>
/// <param name="LastError">Why the broker refused the last attempt.</param>
/// <param name="SentAt">When it was marked as accepted by the broker.</param>
/// <param name="Payload">The event.</param>
public sealed record OutboxMessageResponse(
    Guid MessageId,
    string Type,
    Guid AggregateId,
    long AggregateVersion,
    string Status,
    DateTimeOffset OccurredAt,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    string? LastError,
    DateTimeOffset? SentAt,
    JsonElement Payload)
{
    internal static OutboxMessageResponse Of(OutboxMessage message) => new(
        message.MessageId,
        message.Type,
        message.AggregateId,
        message.AggregateVersion,
        message.Status.ToString(),
        message.OccurredAt,
        message.Attempts,
        message.NextAttemptAt,
        message.LastError,
        message.SentAt,
        JsonElement.Parse(message.Payload));
}

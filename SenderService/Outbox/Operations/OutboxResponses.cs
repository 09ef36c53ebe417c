using System.Text.Json;

namespace SenderService.Outbox.Operations;

/// <summary>The outbox at a glance.</summary>
/// <param name="Pending">Messages that are still to be published, those that wait for another attempt included.</param>
/// <param name="Failed">Messages that were given up; each holds back the later ones of its aggregate.</param>
/// <param name="OldestPendingAge">How long ago the oldest pending message was written; null if there is none.</param>
/// <param name="Relays">The relays that have partitions.</param>
public sealed record OutboxResponse(long Pending, long Failed, TimeSpan? OldestPendingAge, IReadOnlyList<OutboxRelayResponse> Relays);

/// <summary>A relay at work.</summary>
/// <param name="Name">Which instance of the service it is in: the name of the resource in the AppHost, elsewhere that of the machine.</param>
/// <param name="SessionProcessId">The server's process that serves its session; it holds the partitions as long as that lives.</param>
/// <param name="Partitions">Those of 0 to 15 that it publishes.</param>
public sealed record OutboxRelayResponse(string Name, int SessionProcessId, IReadOnlyList<int> Partitions);

/// <summary>An outbox message as operators see it.</summary>
/// <param name="MessageId">What consumers know it by.</param>
/// <param name="Type">The type of the event.</param>
/// <param name="AggregateId">The entity that it tells of.</param>
/// <param name="AggregateVersion">The entity's version after the change.</param>
/// <param name="Status">Pending, Sent or Failed.</param>
/// <param name="OccurredAt">When the change was made.</param>
/// <param name="Attempts">How often the broker has refused it.</param>
/// <param name="NextAttemptAt">When it is tried again; null if it does not wait for that.</param>
/// <param name="LastError">Why the broker refused it the last time.</param>
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
        JsonSerializer.Deserialize<JsonElement>(message.Payload));
}

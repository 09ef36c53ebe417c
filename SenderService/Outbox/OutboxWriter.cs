using System.Text.Encodings.Web;
using System.Text.Json;
using SenderService.Data;
using ServiceDefaults.Data;

namespace SenderService.Outbox;

/// <summary>Adds outbox messages to the unit of work; <c>SaveChangesAsync</c> then commits them together with what they tell of, or not
/// at all.</summary>
internal sealed class OutboxWriter(SenderDbContext db, TimeProvider time)
{
    /// <summary>What is written is what consumers get: text that can be read, as it does not go into an HTML page.</summary>
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly TimeSpan IdResolution = TimeSpan.FromMilliseconds(1);

    private DateTimeOffset _lastIdTime;

    /// <summary>Adds the event of one change.</summary>
    /// <param name="aggregateId">The entity that was changed.</param>
    /// <param name="aggregateVersion">Its version after the change, which is its concurrency token: that is what makes the order of ids
    /// the order of commits.</param>
    /// <param name="event">The event; the name of its type is its type on the wire.</param>
    public void Add<TEvent>(Guid aggregateId, long aggregateVersion, TEvent @event)
        where TEvent : notnull
    {
        var occurredAt = time.GetStorableUtcNow();
        var messageId = NewMessageId(occurredAt);
        db.OutboxMessages.Add(new OutboxMessage
        {
            MessageId = messageId,
            Type = typeof(TEvent).Name,
            AggregateId = aggregateId,
            AggregateVersion = aggregateVersion,
            Partition = OutboxPartition.Of(aggregateId),
            Payload = JsonSerializer.Serialize(@event, Json),
            Headers = JsonSerializer.Serialize(OutboxHeaders.Current(messageId), Json),
            OccurredAt = occurredAt,
        });
    }

    /// <summary>
    /// Each is greater than the one before: EF Core inserts rows in the order of their keys, and two changes of an aggregate in one unit of
    /// work must get their numbers in the order in which they were made.
    /// </summary>
    private Guid NewMessageId(DateTimeOffset occurredAt)
    {
        var next = _lastIdTime + IdResolution;
        _lastIdTime = occurredAt > next ? occurredAt : next;
        return Guid.CreateVersion7(_lastIdTime);
    }
}

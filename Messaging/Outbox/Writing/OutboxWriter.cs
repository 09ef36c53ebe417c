using System.Text.Encodings.Web;
using System.Text.Json;

namespace Messaging.Outbox.Writing;

/// <summary>
/// Adds outbox messages to the service's <c>DbContext</c>. <c>SaveChangesAsync</c> then commits them together with the changes that they
/// report, or commits nothing.
/// </summary>
public sealed class OutboxWriter
{
    /// <summary>Readable text: what is written here is what consumers get, and it never becomes part of an HTML page.</summary>
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly TimeSpan IdResolution = TimeSpan.FromMilliseconds(1);

    private readonly OutboxContext _context;
    private readonly TimeProvider _time;
    private DateTimeOffset _lastIdTime;

    internal OutboxWriter(OutboxContext context, TimeProvider time) => (_context, _time) = (context, time);

    /// <summary>Adds the event of one change. A crash before the commit loses both; a crash after it loses neither.</summary>
    /// <param name="aggregateId">The entity that was changed.</param>
    /// <param name="aggregateVersion">
    /// The entity's version after the change. It must be the entity's concurrency token: then two changes cannot commit in another order
    /// than that of their outbox ids.
    /// </param>
    /// <param name="event">The event. The name of its type is its type on the wire.</param>
    public void Add<TEvent>(Guid aggregateId, long aggregateVersion, TEvent @event)
        where TEvent : notnull
    {
        var occurredAt = _time.GetUtcNow();
        var messageId = NewMessageId(occurredAt);
        _context.Messages.Add(new OutboxMessage
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
    /// An id that is greater than the one before. EF Core inserts the rows of one SaveChanges in the order of their keys. It does not
    /// promise this, so a test checks it: two changes of one aggregate must get their outbox ids in the order in which they were added.
    /// </summary>
    private Guid NewMessageId(DateTimeOffset occurredAt)
    {
        var next = _lastIdTime + IdResolution;
        _lastIdTime = occurredAt > next ? occurredAt : next;
        return Guid.CreateVersion7(_lastIdTime);
    }
}

using DataSection = Amqp.Framing.Data;

namespace Messaging.Outbox.Relay;

/// <summary>
/// An outbox message as an AMQP 1.0 message: a CloudEvent in binary mode (CloudEvents AMQP Protocol Binding 1.0, 3.1), and the properties
/// that brokers and third-party consumers look at.
/// </summary>
internal static class EventEnvelope
{
    /// <param name="message">The message.</param>
    /// <param name="source">The source of the event.</param>
    /// <param name="span">The span of sending it. The trace continues from there.</param>
    public static Message ToAmqp(PendingMessage message, string source, Activity? span)
    {
        var messageId = message.MessageId.ToString();
        var aggregateId = message.AggregateId.ToString();
        var amqp = new Message
        {
            Header = new Header { Durable = true },
            Properties = new Properties
            {
                MessageId = messageId,
                Subject = message.Type,
                CorrelationId = message.Headers.CorrelationId,
                ContentType = "application/json",
                CreationTime = message.OccurredAt.UtcDateTime,

                // A broker that knows message groups gives the messages of one aggregate to one consumer at a time.
                GroupId = aggregateId,
            },
            ApplicationProperties = new ApplicationProperties
            {
                [MessageNames.SpecVersion] = "1.0",
                [MessageNames.Id] = messageId,
                [MessageNames.Source] = source,
                [MessageNames.Type] = message.Type,
                [MessageNames.Time] = message.OccurredAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                [MessageNames.Subject] = aggregateId,
                [MessageNames.AggregateVersion] = message.AggregateVersion,

                // A crash between publishing and marking leaves the row as it is. Whoever sets it back to pending changes it, and then the
                // broker must not take the message for a duplicate.
                [MessageNames.DuplicateId] = string.Create(CultureInfo.InvariantCulture, $"{messageId}:{message.RowVersion}"),
            },
            BodySection = new DataSection { Binary = message.Payload },
        };

        var isRecorded = span is { Recorded: true };
        SetIfAny(amqp, MessageNames.TraceParent, isRecorded ? span!.Id : message.Headers.TraceParent);
        SetIfAny(amqp, MessageNames.TraceState, isRecorded ? span!.TraceStateString : message.Headers.TraceState);
        SetIfAny(amqp, MessageNames.Baggage, message.Headers.Baggage);
        return amqp;
    }

    private static void SetIfAny(Message amqp, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            amqp.ApplicationProperties[name] = value;
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using Amqp;
using Amqp.Framing;
using DataSection = Amqp.Framing.Data;

namespace SenderService.Outbox.Relay;

/// <summary>
/// An outbox message as an AMQP 1.0 message: a CloudEvent in binary mode (CloudEvents AMQP Protocol Binding 1.0, 3.1), plus what brokers
/// and consumers of other making look at.
/// </summary>
internal static class EventEnvelope
{
    private const string SpecVersion = "1.0";
    private const string Source = "/SenderService";

    /// <param name="message">The message.</param>
    /// <param name="span">The span of sending it, if there is one: the trace goes on from there.</param>
    public static Message ToAmqp(PendingMessage message, Activity? span)
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

                // A broker that knows message groups gives one aggregate's messages to one consumer at a time.
                GroupId = aggregateId,
            },
            ApplicationProperties = new ApplicationProperties
            {
                ["cloudEvents:specversion"] = SpecVersion,
                ["cloudEvents:id"] = messageId,
                ["cloudEvents:source"] = Source,
                ["cloudEvents:type"] = message.Type,
                ["cloudEvents:time"] = message.OccurredAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                ["cloudEvents:subject"] = aggregateId,
                ["aggregate-version"] = message.AggregateVersion,

                // Artemis drops a second message with the same value and answers "accepted", for as long as it remembers the first.
                ["_AMQ_DUPL_ID"] = messageId,
            },
            BodySection = new DataSection { Binary = message.Payload },
        };

        SetIfAny(amqp, "cloudEvents:traceparent", span?.Id ?? message.Headers.TraceParent);
        SetIfAny(amqp, "cloudEvents:tracestate", span?.TraceStateString ?? message.Headers.TraceState);
        SetIfAny(amqp, "baggage", message.Headers.Baggage);
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

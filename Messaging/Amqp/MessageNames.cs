namespace Messaging.Amqp;

/// <summary>
/// Names of application properties on the wire: the CloudEvents 1.0 AMQP binding in binary mode (3.1), and three of our own.
/// </summary>
public static class MessageNames
{
    public const string SpecVersion = "cloudEvents:specversion";
    public const string Id = "cloudEvents:id";
    public const string Source = "cloudEvents:source";
    public const string Type = "cloudEvents:type";
    public const string Time = "cloudEvents:time";
    public const string Subject = "cloudEvents:subject";
    public const string TraceParent = "cloudEvents:traceparent";
    public const string TraceState = "cloudEvents:tracestate";

    /// <summary>W3C Baggage of the request that caused the message.</summary>
    public const string Baggage = "baggage";

    /// <summary>Version of the aggregate after the change, an integer.</summary>
    public const string AggregateVersion = "aggregate-version";

    /// <summary>
    /// Artemis accepts and drops a second message with the same value, as long as it remembers the first one. So the value is another one
    /// when a message is sent again on purpose.
    /// </summary>
    public const string DuplicateId = "_AMQ_DUPL_ID";
}

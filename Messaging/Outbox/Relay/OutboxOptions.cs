using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.Relay;

/// <summary>Settings of the outbox, from the section <c>Outbox</c>.</summary>
internal sealed class OutboxOptions
{
    public const string SectionName = "Outbox";

    /// <summary>The queue to publish to. Required.</summary>
    [Required(ErrorMessage = "Outbox:Queue is not set: set it to the queue to publish to.")]
    public string? Queue { get; set; }

    /// <summary>
    /// How the relay learns of new messages: <c>Polling</c> reads the table, <c>Wal</c> follows the write-ahead log. Defaults to Polling.
    /// </summary>
    [EnumDataType(typeof(OutboxRelayKind))]
    public OutboxRelayKind Relay { get; set; }

    /// <summary>The source of the events, a URI reference (CloudEvents 1.0). Defaults to a slash and the name of the service.</summary>
    [Required]
    public string? Source { get; set; }

    /// <summary>The most messages in one read. The relay holds one batch beside the messages in flight. Defaults to 2,000.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 2_000;

    /// <summary>The most messages in flight, sent and not yet answered by the broker. Defaults to 1,000.</summary>
    [Range(1, 10_000)]
    public int MaxInFlight { get; set; } = 1_000;

    /// <summary>How long a missed wake-up can delay a message. Defaults to 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A broker that answers nothing for this long, with messages in flight, counts as gone: the connection is dropped. Defaults to 15
    /// seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long the relay waits for the answers to what is in flight, when the service stops or when it leaves a link. Defaults to 2
    /// seconds. The most is 3 seconds: a longer silence would end the relay's session, in which the answers are marked.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:03")]
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the broker may refuse a message before it is failed. An outage is not counted. Defaults to 8.</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 8;

    /// <summary>The delay after the first refusal of a message. It doubles with each further one. Defaults to 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan FirstRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay between two attempts. Defaults to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(5);
}

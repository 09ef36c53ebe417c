using System.ComponentModel.DataAnnotations;

namespace SenderService.Outbox;

/// <summary>How the outbox is relayed; bound from the section <c>Outbox</c>.</summary>
internal sealed class OutboxOptions
{
    public const string SectionName = "Outbox";

    /// <summary>Where messages are published to. Defaults to <c>entity-items</c>.</summary>
    [Required]
    public string Queue { get; set; } = "entity-items";

    /// <summary>The most messages that are read together; up to five times as many are held in memory beside those in flight, and twice as
    /// many wait to be marked. Defaults to 2,000.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 2_000;

    /// <summary>The most messages that the broker owes an answer for. Defaults to 1,000.</summary>
    [Range(1, 10_000)]
    public int MaxInFlight { get; set; } = 1_000;

    /// <summary>How long a missed wake-up goes unnoticed. Defaults to 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A broker that owes answers and has given none for this long is treated as gone. Defaults to 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long what is in flight may take to be answered when the service stops, or leaves a link. Defaults to 2 seconds, and is
    /// 3 at most, as the relay's session, on which the answers are marked, would end in a longer silence.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:03")]
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the broker may refuse a message before it is failed. An outage counts nothing. Defaults to 8.</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 8;

    /// <summary>The delay after the first refusal of a message by the broker; it doubles with each further one. Defaults to 1
    /// second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan FirstRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay between two attempts at a message. Defaults to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(5);
}

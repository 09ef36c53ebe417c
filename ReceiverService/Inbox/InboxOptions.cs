using System.ComponentModel.DataAnnotations;

namespace ReceiverService.Inbox;

/// <summary>How messages are consumed; bound from the section <c>Inbox</c>.</summary>
internal sealed class InboxOptions
{
    public const string SectionName = "Inbox";

    /// <summary>Where messages come from. Defaults to <c>entity-items</c>.</summary>
    [Required]
    public string Queue { get; set; } = "entity-items";

    /// <summary>The name under which processed messages are recorded. Defaults to <c>entity-items-projection</c>.</summary>
    [Required, StringLength(InboxMessage.MaxConsumerLength)]
    public string Consumer { get; set; } = "entity-items-projection";

    /// <summary>How many messages the broker may send ahead. Defaults to 2,000: the next batches come while one is committed.</summary>
    [Range(1, 100_000)]
    public int Prefetch { get; set; } = 2_000;

    /// <summary>The most messages in one transaction; it never waits to become that many. Defaults to 500 (docs/adr/0007).</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 500;

    /// <summary>
    /// How often a message that fails by itself is tried before it is kept as a dead letter. Defaults to 3; at most 10, as the pauses double.
    /// </summary>
    [Range(1, 10)]
    public int Attempts { get; set; } = 3;

    /// <summary>The pause before the second attempt; it doubles each time. Defaults to 200 milliseconds: the queue waits meanwhile.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a batch that is being processed may take to end when the service stops. Defaults to 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(2);
}

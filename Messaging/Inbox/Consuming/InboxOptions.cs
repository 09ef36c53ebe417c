using System.ComponentModel.DataAnnotations;

namespace Messaging.Inbox.Consuming;

/// <summary>Settings of the inbox, from the section <c>Inbox</c>.</summary>
internal sealed class InboxOptions
{
    public const string SectionName = "Inbox";

    /// <summary>The queue to consume. Required.</summary>
    [Required(ErrorMessage = "Inbox:Queue is not set: set it to the queue to consume.")]
    public string? Queue { get; set; }

    /// <summary>
    /// The name under which processed messages are recorded. Defaults to the name of the queue. Do not change it while messages may come
    /// again.
    /// </summary>
    [Required, StringLength(InboxMessage.MaxConsumerLength)]
    public string? Consumer { get; set; }

    /// <summary>
    /// How many messages the broker may send ahead. Defaults to 2,000, so that the next batches arrive while one is committed.
    /// </summary>
    [Range(1, 100_000)]
    public int Prefetch { get; set; } = 2_000;

    /// <summary>The most messages in one transaction. The inbox does not wait for so many. Defaults to 500 (docs/performance.md).</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 500;

    /// <summary>
    /// How often a message that fails is tried, and one that cannot be read is delivered, before it becomes a dead letter. Defaults to 3,
    /// at most 10, as the pauses double.
    /// </summary>
    [Range(1, 10)]
    public int Attempts { get; set; } = 3;

    /// <summary>
    /// The pause before the second attempt. It doubles each time. Defaults to 200 milliseconds: the queue waits meanwhile.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the current batch may still take when the service stops. Defaults to 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(2);
}

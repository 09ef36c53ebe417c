using System.ComponentModel.DataAnnotations;

namespace Messaging.Amqp;

/// <summary>Settings of the connection to the broker, from the section <c>Amqp</c>.</summary>
public sealed class AmqpOptions
{
    public const string SectionName = "Amqp";

    /// <summary>How long it may take to connect, and to attach a link. Defaults to 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After this long without a frame from the broker the connection counts as lost. A broker that has nothing to say sends empty frames
    /// in half of this time (specification 2.4.5). Defaults to 6 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>The first delay between two attempts to connect; it doubles each time. Defaults to 100 milliseconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan MinReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The longest delay between two attempts to connect. A broker that is back is noticed after this time. Defaults to 3 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(3);
}

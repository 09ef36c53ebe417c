namespace Messaging.Amqp;

internal static class AmqpClosing
{
    /// <summary>
    /// Closes, and waits for the peer's answer for a limited time. A peer that is gone cannot answer: that is no failure.
    /// </summary>
    public static async Task CloseQuietlyAsync(AmqpObject closable, TimeSpan timeout)
    {
        try
        {
            await closable.CloseAsync(timeout);
        }
        catch (Exception exception) when (exception is AmqpException or TimeoutException or IOException or ObjectDisposedException)
        {
            // The peer is gone. It learns of the end with the end of the connection.
        }
    }
}

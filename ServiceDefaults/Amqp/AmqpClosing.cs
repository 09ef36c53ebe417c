using Amqp;

namespace ServiceDefaults.Amqp;

internal static class AmqpClosing
{
    /// <summary>Closes politely as long as the peer answers in time. A peer that is gone cannot answer, and that is no failure.</summary>
    public static async Task CloseQuietlyAsync(AmqpObject closable, TimeSpan timeout)
    {
        try
        {
            await closable.CloseAsync(timeout);
        }
        catch (Exception exception) when (exception is AmqpException or TimeoutException or IOException or ObjectDisposedException)
        {
            // Whatever the peer did not hear of ends with the connection.
        }
    }
}

using Amqp.Framing;
using Amqp.Transport;

namespace Amqp;

/// <summary>The signs of life of both ends (2.4.5).</summary>
public partial class Connection
{
    private void StartHeartbeat(uint remoteIdleTimeout)
    {
        // Four looks per timeout: a sign of life then goes out after at most half of it, and silence is noticed at most a quarter late.
        var own = _open.IdleTimeOut * 2L;
        var shortest = Math.Min(remoteIdleTimeout == 0 ? long.MaxValue : remoteIdleTimeout, own == 0 ? long.MaxValue : own);
        if (shortest != long.MaxValue)
        {
            var period = TimeSpan.FromMilliseconds(Math.Max(1, shortest / 4));
            _heartbeat = new Timer(_ => OnHeartbeat(remoteIdleTimeout, own), null, period, period);
        }
    }

    private void OnHeartbeat(uint remoteIdleTimeout, long ownIdleTimeout)
    {
        var now = Environment.TickCount64;

        // While a callback runs nothing is read: that is not the peer's silence.
        if (ownIdleTimeout > 0 && _readerThread == 0 && now - _reader.LastRead > ownIdleTimeout)
        {
            Abort(new Error(ErrorCode.ResourceLimitExceeded, $"The peer was silent for more than {ownIdleTimeout} ms."));
            return;
        }

        if (remoteIdleTimeout > 0 && now - Writer.LastWrite >= remoteIdleTimeout / 4)
        {
            SendSignOfLife();
        }
    }

    /// <summary>A frame without a body.</summary>
    private void SendSignOfLife()
    {
        lock (Gate)
        {
            if (!IsClosed)
            {
                Frame.End(Writer.Buffer, Frame.Begin(Writer.Buffer, Frame.AmqpType, channel: 0));
                Writer.Wake();
            }
        }
    }
}

using Amqp.Framing;
using Amqp.Transport;

namespace Amqp;

/// <summary>
/// The last disposition (2.7.6) of a session as long as it has not been written: when the next delivery gets the same outcome, the frame is made to
/// tell of both. An application that accepts a batch of a hundred deliveries then costs one frame, and nothing waits for it.
/// </summary>
internal struct PendingDisposition
{
    private Disposition _disposition;
    private int _turn;
    private int _start;
    private int _end;

    /// <summary>Adds a delivery to the frame if it is the next one and nothing was appended since; takes the frame out for that.</summary>
    /// <returns>What to write: a longer range, or what was given.</returns>
    public readonly Disposition Extend(in Disposition next, FrameWriter writer)
    {
        var isNext = _end > 0
            && _turn == writer.Turn
            && _end == writer.Buffer.Length
            && next.First == unchecked(_disposition.Last + 1)
            && next.Settled == _disposition.Settled
            && ReferenceEquals(next.State, _disposition.State);
        if (!isNext)
        {
            return next;
        }

        writer.Buffer.Truncate(_start);
        return next with { First = _disposition.First };
    }

    /// <summary>Remembers the disposition whose frame is the last in the buffer.</summary>
    public void Remember(in Disposition written, int start, FrameWriter writer)
    {
        _disposition = written;
        _turn = writer.Turn;
        _start = start;
        _end = writer.Buffer.Length;
    }
}

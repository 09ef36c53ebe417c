using System.Net.Sockets;
using Amqp.Framing;
using Amqp.Transport;

namespace Amqp;

/// <summary>How a connection is read (2.3), and how it ends (2.4.3).</summary>
public partial class Connection
{
    /// <summary>How long the peer gets to read why it was closed, before the socket is.</summary>
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _ended = new();
    private Stream _stream;
    private FrameReader _reader;
    private Timer _heartbeat;
    private int _readerThread;

    /// <summary>Whether this thread is running the connection's callbacks, and so cannot wait for anything that has to be read.</summary>
    internal bool IsReaderThread => _readerThread == Environment.CurrentManagedThreadId;

    /// <summary>Reads until the connection has ended, then closes the stream: nobody else does.</summary>
    private async Task ReadAsync()
    {
        try
        {
            while (HandleFrames() && await _reader.FillAsync(_ended.Token))
            {
            }

            OnLost(null);
        }
        catch (OperationCanceledException)
        {
            // The connection has ended: by the peer's silence, a lost socket, the application.
        }
        catch (AmqpException exception)
        {
            Abort(exception.Error);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            OnLost(exception);
        }
        catch (Exception exception)
        {
            Abort(new Error(ErrorCode.InternalError, $"{exception.GetType().Name}: {exception.Message}"));
        }

        await SayFarewellAsync();
    }

    /// <summary>Handles what has been read, and then has written what that led to; false when the connection has ended.</summary>
    private bool HandleFrames()
    {
        _readerThread = Environment.CurrentManagedThreadId;
        Writer.Hold();
        try
        {
            while (_reader.TryRead(Frame.AmqpType, out var channel, out var body))
            {
                if (!HandleFrame(channel, body))
                {
                    return false;
                }
            }

            return !HasEnded;
        }
        finally
        {
            Writer.Release();
            _reader.ResumeClock();
            _readerThread = 0;
        }
    }

    private bool HandleFrame(ushort channel, ReadOnlySpan<byte> body)
    {
        var callbacks = CallbackQueue.Take();
        try
        {
            lock (Gate)
            {
                if (HasEnded)
                {
                    return false;
                }

                OnFrame(channel, body, callbacks);
                Writer.Wake();
            }
        }
        finally
        {
            callbacks.Run(this);
        }

        return true;
    }

    private void OnLost(Exception exception)
    {
        var callbacks = CallbackQueue.Take();
        lock (Gate)
        {
            // A peer that closes the socket in place of answering our close has closed too.
            var reason = exception?.Message ?? "the peer closed the socket.";
            End(IsClosing ? null : new Error(ErrorCode.ConnectionForced, $"The connection was lost: {reason}"), callbacks);
        }

        callbacks.Run(this);
    }

    /// <summary>There is room again for what waits in the links.</summary>
    private void OnDrained()
    {
        var callbacks = CallbackQueue.Take();
        lock (Gate)
        {
            foreach (var session in _channels.All)
            {
                session.SendQueued(callbacks);
            }
        }

        callbacks.Run(this);
    }

    /// <summary>
    /// Writes what is left and waits a moment for the peer to close its side. A socket that is closed with unread data in it is reset, and
    /// a reset overtakes the frame that says why.
    /// </summary>
    private async Task SayFarewellAsync()
    {
        using var timeout = new CancellationTokenSource(FarewellTimeout);
        try
        {
            Task flushed;
            lock (Gate)
            {
                flushed = Writer.FlushAsync();
            }

            await flushed.WaitAsync(timeout.Token);
            if (_peerIsToldWhy)
            {
                await Connector.EndWritingAsync(_stream);
                await SkipRestAsync(timeout.Token);
            }
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The peer is gone or does not care: everybody here was told already.
        }
        finally
        {
            Writer.Dispose();
            await _stream.DisposeAsync();
        }
    }

    private async Task SkipRestAsync(CancellationToken cancellationToken)
    {
        var rest = new byte[4096];
        while (await _stream.ReadAsync(rest, cancellationToken) > 0)
        {
        }
    }
}

using Amqp.Framing;

namespace Amqp;

/// <summary>Something that is closed once: a connection, a session or a link.</summary>
public abstract class AmqpObject : IAmqpObject
{
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClosedCallback _closed;
    private bool _closedRaised;
    private volatile bool _isReporting;

    internal AmqpObject()
    {
    }

    /// <summary>Happens once, when this is closed, by whichever end, with the peer's error if there is one.</summary>
    public event ClosedCallback Closed
    {
        add => AddClosedCallback(value);
        remove
        {
            lock (Owner.Gate)
            {
                _closed -= value;
            }
        }
    }

    /// <summary>Why this was closed; null if without an error, or not yet.</summary>
    public Error Error { get; private set; }

    /// <summary>
    /// Whether this is closed or being closed. What is closed stays closed. Of a link that the peer has detached it is true after those that
    /// sent over it were told, as it is in the package; <see cref="Error"/> is there before.
    /// </summary>
    public bool IsClosed => IsOver && !_isReporting;

    internal abstract Connection Owner { get; }

    /// <summary>Whether nothing more may be begun.</summary>
    internal bool IsOver => IsClosing || HasEnded;

    /// <summary>Whether this end has said that it closes.</summary>
    internal bool IsClosing { get; private set; }

    /// <summary>Whether it is over: nothing more is sent, and every callback has been called or is about to be.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>Has <paramref name="callback"/> called when this is closed; at once if it already is.</summary>
    public void AddClosedCallback(ClosedCallback callback)
    {
        lock (Owner.Gate)
        {
            if (!_closedRaised)
            {
                _closed += callback;
                return;
            }
        }

        callback(this, Error);
    }

    /// <summary>Closes this and waits up to 60 s for the peer's answer.</summary>
    /// <exception cref="TimeoutException">The peer did not answer. This is closed all the same.</exception>
    public void Close() => Close(DefaultTimeout);

    /// <summary>
    /// Closes this with an error, which may be null, and waits for the peer's answer; with a timeout of zero it does not.
    /// </summary>
    /// <exception cref="TimeoutException">The peer did not answer. This is closed all the same.</exception>
    public void Close(TimeSpan timeout, Error error = null)
    {
        // A callback runs where the peer's answer would be read: waiting for it there is waiting in vain.
        CloseAsync(Owner.IsReaderThread ? TimeSpan.Zero : timeout, error).GetAwaiter().GetResult();
    }

    /// <summary>Closes this; done when the peer has answered, within 60 s.</summary>
    public Task CloseAsync() => CloseAsync(DefaultTimeout);

    /// <summary>Closes this with an error, which may be null; done when the peer has answered.</summary>
    /// <exception cref="TimeoutException">The peer did not answer. This is closed all the same.</exception>
    public async Task CloseAsync(TimeSpan timeout, Error error = null)
    {
        var callbacks = CallbackQueue.Take();
        lock (Owner.Gate)
        {
            BeginClose(error, callbacks);
        }

        callbacks.Run(Owner);
        if (timeout == TimeSpan.Zero)
        {
            return;
        }

        try
        {
            await _ended.Task.WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            GiveUp(error);
            throw new TimeoutException($"The peer did not answer the close of a {GetType().Name} within {timeout}.");
        }
    }

    /// <summary>Tells the peer that this end closes, unless that has been done. Called under the gate.</summary>
    internal void BeginClose(Error error, CallbackQueue callbacks)
    {
        if (!IsOver)
        {
            SendClose(error, callbacks);
            IsClosing = true;
            Owner.Writer.Wake();
        }
    }

    internal abstract void SendClose(Error error, CallbackQueue callbacks);

    /// <summary>It is over, with an error or, null, without. Called under the gate; the first call counts.</summary>
    internal void End(Error error, CallbackQueue callbacks)
    {
        if (HasEnded)
        {
            return;
        }

        HasEnded = true;
        Error = error;
        OnEnded(error, callbacks);
        callbacks.Add(new ClosedNotification(this));
    }

    /// <summary>Has this count as closed only when its end is told of. Called under the gate, before <see cref="End"/>.</summary>
    internal void ReportFirst() => _isReporting = !IsOver;

    /// <summary>Ends what belongs to this, and gives every pending operation its result.</summary>
    internal abstract void OnEnded(Error error, CallbackQueue callbacks);

    /// <summary>What an operation throws that needs this to be open.</summary>
    internal AmqpException ClosedException() =>
        Error is { } error ? new AmqpException(error) : new AmqpException(ErrorCode.IllegalState, $"The {GetType().Name} is closed.");

    /// <summary>The peer does not answer: it is over without it.</summary>
    private void GiveUp(Error error)
    {
        var callbacks = CallbackQueue.Take();
        lock (Owner.Gate)
        {
            End(error, callbacks);
        }

        callbacks.Run(Owner);
    }

    private sealed class ClosedNotification(AmqpObject closed) : ICallback
    {
        public void Run()
        {
            ClosedCallback callbacks;
            lock (closed.Owner.Gate)
            {
                closed._closedRaised = true;
                closed._isReporting = false;
                callbacks = closed._closed;
            }

            try
            {
                callbacks?.Invoke(closed, closed.Error);
            }
            finally
            {
                closed._ended.TrySetResult();
            }
        }
    }
}

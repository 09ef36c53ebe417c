using Amqp.Framing;

namespace Amqp;

/// <summary>
/// The sending end of a link (2.6.1). Its methods can be called by many threads at once; what one thread sends arrives in its order.
/// Without credit a send waits in the link, however many there are: bound what is in flight.
/// </summary>
public partial class SenderLink : Link, ISenderLink
{
    /// <summary>Attaches to <paramref name="address"/>; does not wait for the peer.</summary>
    public SenderLink(Session session, string name, string address)
        : this(session, name, new Target { Address = address }, null)
    {
    }

    /// <summary>Attaches to <paramref name="target"/>; does not wait for the peer.</summary>
    public SenderLink(Session session, string name, Target target, OnAttached onAttached)
        : this(session, name, new Attach { Target = target, Source = new Source() }, onAttached)
    {
    }

    /// <summary>Attaches as <paramref name="attach"/> says; does not wait for the peer.</summary>
    public SenderLink(Session session, string name, Attach attach, OnAttached onAttached)
        : base(session, name, Prepare(attach, name), onAttached)
    {
    }

    /// <summary>Sends a message and waits up to 60 s for it to be accepted.</summary>
    /// <exception cref="AmqpException">It was not accepted, or the link is or was closed.</exception>
    /// <exception cref="TimeoutException">There was no outcome in time: whether the message has arrived is not known.</exception>
    public void Send(Message message) => Send(message, DefaultTimeout);

    /// <summary>Sends a message and waits for it to be accepted.</summary>
    /// <exception cref="AmqpException">It was not accepted, or the link is or was closed.</exception>
    /// <exception cref="TimeoutException">There was no outcome in time: whether the message has arrived is not known.</exception>
    public void Send(Message message, TimeSpan timeout) => SendAsync(message, timeout).GetAwaiter().GetResult();

    /// <summary>Sends a message; done when it is accepted, within 60 s.</summary>
    /// <exception cref="AmqpException">It was not accepted, or the link is or was closed.</exception>
    /// <exception cref="TimeoutException">There was no outcome in time: whether the message has arrived is not known.</exception>
    public Task SendAsync(Message message) => SendAsync(message, DefaultTimeout);

    /// <summary>Sends a message; done when it is accepted.</summary>
    /// <exception cref="AmqpException">It was not accepted, or the link is or was closed.</exception>
    /// <exception cref="TimeoutException">There was no outcome in time: whether the message has arrived is not known.</exception>
    public async Task SendAsync(Message message, TimeSpan timeout)
    {
        var result = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(message, static (_, _, outcome, state) => ((TaskCompletionSource<Outcome>)state).SetResult(outcome), result);
        try
        {
            await result.Task.WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!result.Task.IsCompleted)
        {
            Cancel(message);
            throw new TimeoutException($"A message had no outcome within {timeout}.");
        }
        catch (TimeoutException)
        {
            // The outcome came at the last moment: it counts.
        }

        ThrowIfNotAccepted(await result.Task.ConfigureAwait(false));
    }

    /// <summary>
    /// Sends a message and returns at once. <paramref name="callback"/> is called exactly once, unless this throws: with the peer's
    /// outcome; when the link is closed before that, with <see cref="Rejected"/> and the closing error, or with <see cref="Released"/> if
    /// there is none.
    /// Without a callback the message is sent settled: nobody is told whether it has arrived.
    /// </summary>
    /// <exception cref="AmqpException">The link is closed. The callback is not called.</exception>
    public void Send(Message message, OutcomeCallback callback, object state)
    {
        ArgumentNullException.ThrowIfNull(message);
        var encoded = message.EncodeForSending();
        var callbacks = CallbackQueue.Take();
        lock (Owner.Gate)
        {
            ThrowIfClosed();
            var delivery = _pool.Take(this);
            delivery.Begin(message, callback, state);
            SendOrQueue(delivery, encoded.WrittenSpan, callbacks);
            Owner.Writer.Wake();
        }

        callbacks.Run(Owner);
    }

    /// <summary>
    /// Takes a message back that still waits for credit; its callback gets <see cref="Released"/>. One that is on its way gets its
    /// outcome.
    /// </summary>
    public void Cancel(Message message)
    {
        var callbacks = CallbackQueue.Take();
        lock (Owner.Gate)
        {
            if (message.Outgoing is { IsQueued: true, IsStarted: false } delivery && delivery.Link == this)
            {
                _queue.Remove(delivery);
                Finish(delivery, new Released(), callbacks);
            }
        }

        callbacks.Run(Owner);
    }

    private static Attach Prepare(Attach attach, string name)
    {
        attach.LinkName = name;
        attach.Role = false;
        attach.InitialDeliveryCount = 0;
        return attach;
    }

    private static void ThrowIfNotAccepted(Outcome outcome)
    {
        if (outcome is not Accepted)
        {
            throw new AmqpException((outcome as Rejected)?.Error
                ?? new Error(ErrorCode.MessageReleased, $"The message was not accepted: {outcome.GetType().Name}."));
        }
    }
}

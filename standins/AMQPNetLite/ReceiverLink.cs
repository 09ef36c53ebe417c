using Amqp.Framing;

namespace Amqp;

/// <summary>
/// The receiving end of a link (2.6.1). Messages come as far as credit allows (2.6.7), to a callback or to whoever calls Receive.
/// </summary>
public partial class ReceiverLink : Link, IReceiverLink
{
    private const int DefaultCredit = 200;

    /// <summary>What is told to a peer that would send more than one frame, so that no delivery can take memory without end.</summary>
    private const ulong DefaultMaxMessageSize = 64 * 1024 * 1024;

    private readonly Queue<Message> _arrived = new();
    private readonly LinkedList<TaskCompletionSource<Message>> _waiting = new();
    private readonly ReceiverCredit _credit = new();
    private readonly IncomingDelivery _arriving = new();
    private MessageCallback _onMessage;

    /// <summary>Attaches to <paramref name="address"/>; does not wait for the peer.</summary>
    public ReceiverLink(Session session, string name, string address)
        : this(session, name, new Source { Address = address }, null)
    {
    }

    /// <summary>Attaches to <paramref name="source"/>; does not wait for the peer.</summary>
    public ReceiverLink(Session session, string name, Source source, OnAttached onAttached)
        : this(session, name, new Attach { Source = source, Target = new Target() }, onAttached)
    {
    }

    /// <summary>Attaches as <paramref name="attach"/> says; does not wait for the peer.</summary>
    public ReceiverLink(Session session, string name, Attach attach, OnAttached onAttached)
        : base(session, name, Prepare(attach, name), onAttached)
    {
    }

    /// <summary>
    /// Starts receiving. <paramref name="onMessage"/> is called on the connection's reader: while it runs, nothing else is read. Without it
    /// messages wait for Receive.
    /// </summary>
    public void Start(int credit, MessageCallback onMessage = null)
    {
        lock (Owner.Gate)
        {
            _onMessage = onMessage;
        }

        SetCredit(credit);
    }

    /// <summary>
    /// Lets the peer send <paramref name="credit"/> messages; with <paramref name="autoRestore"/>, that many at a time that are not
    /// settled.
    /// </summary>
    public void SetCredit(int credit, bool autoRestore = true) => SetCredit(credit, autoRestore ? CreditMode.Auto : CreditMode.Manual);

    /// <summary>Lets the peer send <paramref name="credit"/> messages.</summary>
    /// <param name="credit">How many.</param>
    /// <param name="creditMode">Who gives credit back.</param>
    /// <param name="flowThreshold">
    /// How many settled messages are gathered before their credit is given back. Defaults to half the credit, at most 256.
    /// </param>
    public void SetCredit(int credit, CreditMode creditMode, int flowThreshold = -1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(credit);
        lock (Owner.Gate)
        {
            ThrowIfClosed();
            _credit.Set(credit, creditMode, flowThreshold);
            SendCredit();
            Owner.Writer.Wake();
        }
    }

    /// <summary>
    /// The next message, waiting up to 60 s; null if none came. The first call gives a credit of 200 if none was given before.
    /// </summary>
    /// <exception cref="AmqpException">The link is or was closed with an error.</exception>
    public Message Receive() => Receive(DefaultTimeout);

    /// <summary>The next message; null if none came in time.</summary>
    /// <exception cref="AmqpException">The link is or was closed with an error.</exception>
    public Message Receive(TimeSpan timeout) => ReceiveAsync(timeout).GetAwaiter().GetResult();

    /// <summary>The next message, waiting up to 60 s; null if none came.</summary>
    /// <exception cref="AmqpException">The link is or was closed with an error.</exception>
    public Task<Message> ReceiveAsync() => ReceiveAsync(DefaultTimeout);

    /// <summary>The next message; null if none came in time.</summary>
    /// <exception cref="AmqpException">The link is or was closed with an error.</exception>
    public async Task<Message> ReceiveAsync(TimeSpan timeout)
    {
        var waiter = new TaskCompletionSource<Message>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (Owner.Gate)
        {
            if (_arrived.TryDequeue(out var message))
            {
                OnTaken(message);
                return message;
            }

            ThrowIfClosed();
            if (!_credit.IsSet)
            {
                _credit.Set(DefaultCredit, CreditMode.Auto, -1);
                SendCredit();
                Owner.Writer.Wake();
            }

            if (timeout == TimeSpan.Zero)
            {
                return null;
            }

            _waiting.AddLast(waiter);
        }

        return await WaitAsync(waiter, timeout).ConfigureAwait(false);
    }

    private static Attach Prepare(Attach attach, string name)
    {
        attach.LinkName = name;
        attach.Role = true;
        if (attach.MaxMessageSize == 0)
        {
            attach.MaxMessageSize = DefaultMaxMessageSize;
        }

        return attach;
    }

    private async Task<Message> WaitAsync(TaskCompletionSource<Message> waiter, TimeSpan timeout)
    {
        try
        {
            return await waiter.Task.WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            lock (Owner.Gate)
            {
                // A message may have come at the last moment: then it is ours and must not be lost.
                if (_waiting.Remove(waiter))
                {
                    return null;
                }
            }

            return await waiter.Task.ConfigureAwait(false);
        }
    }

    private void SendCredit()
    {
        if (IsAttached)
        {
            var credit = _credit.Grant();
            Session.WriteFlow(this, _credit.DeliveryCount, credit, _credit.IsDraining);
        }
    }
}

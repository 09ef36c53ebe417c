using Amqp.Framing;

namespace Amqp;

/// <summary>Something of the application's that is to be called.</summary>
internal interface ICallback
{
    void Run();
}

/// <summary>
/// The application's callbacks that a change of state asks for. They are gathered under the connection's gate and run after it
/// was left, so that a callback may send, settle or close without ever waiting for a lock that its caller holds.
/// </summary>
internal sealed class CallbackQueue
{
    [ThreadStatic]
    private static CallbackQueue t_free;

    private readonly List<Entry> _entries = [];
    private CallbackQueue _nextFree;

    /// <summary>
    /// An empty queue. Each thread keeps those that it has used, as many as calls were nested in callbacks: most operations have no
    /// callback to call, and should not allocate for none.
    /// </summary>
    public static CallbackQueue Take()
    {
        var queue = t_free ?? new CallbackQueue();
        t_free = queue._nextFree;
        return queue;
    }

    public void Add(ICallback callback) => _entries.Add(new Entry(callback, default));

    /// <summary>Adds the end of a send: the most frequent of all callbacks, so it is kept by value.</summary>
    public void Add(in SendResult result) => _entries.Add(new Entry(null, result));

    /// <summary>
    /// Runs all and gives the queue back. One that throws keeps none of the others from being run; it is a bug of the application, which
    /// then loses its connection and is told why.
    /// </summary>
    public void Run(Connection connection)
    {
        Exception failure = null;
        for (var index = 0; index < _entries.Count; index++)
        {
            try
            {
                _entries[index].Run();
            }
            catch (Exception exception)
            {
                failure ??= exception;
            }
        }

        _entries.Clear();
        _nextFree = t_free;
        t_free = this;
        if (failure is not null)
        {
            connection.OnCallbackFailed(failure);
        }
    }

    private readonly record struct Entry(ICallback Callback, SendResult Result)
    {
        public void Run()
        {
            if (Callback is null)
            {
                Result.Tell();
            }
            else
            {
                Callback.Run();
            }
        }
    }
}

/// <summary>A send that has its outcome, and whom to tell.</summary>
internal readonly record struct SendResult(OutcomeCallback Callback, SenderLink Link, Message Message, Outcome Outcome, object State)
{
    public void Tell() => Callback(Link, Message, Outcome, State);
}

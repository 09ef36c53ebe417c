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

    private readonly List<ICallback> _callbacks = [];

    /// <summary>
    /// An empty queue. Each thread keeps one: most operations have no callback to call, and should not allocate for none.
    /// </summary>
    public static CallbackQueue Take()
    {
        var queue = t_free ?? new CallbackQueue();
        t_free = null;
        return queue;
    }

    public void Add(ICallback callback) => _callbacks.Add(callback);

    /// <summary>
    /// Runs all and gives the queue back. One that throws keeps none of the others from being run; it is a bug of the application, which
    /// then loses its connection and is told why.
    /// </summary>
    public void Run(Connection connection)
    {
        Exception failure = null;
        for (var index = 0; index < _callbacks.Count; index++)
        {
            try
            {
                _callbacks[index].Run();
            }
            catch (Exception exception)
            {
                failure ??= exception;
            }
        }

        _callbacks.Clear();
        t_free = this;
        if (failure is not null)
        {
            connection.OnCallbackFailed(failure);
        }
    }
}

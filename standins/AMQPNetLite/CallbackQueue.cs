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
    private readonly List<ICallback> _callbacks = [];

    public void Add(ICallback callback) => _callbacks.Add(callback);

    /// <summary>Runs all, also when one of them throws; that is a bug of the application, which then loses its connection and is told why.</summary>
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
        if (failure is not null)
        {
            connection.OnCallbackFailed(failure);
        }
    }
}

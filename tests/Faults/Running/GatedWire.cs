using System.Net.Sockets;

namespace Faults.Running;

/// <summary>
/// A wire that sees what is on it. It can wait for a certain request of the service, and hold the answers on its connection. So a fault
/// hits what is sent and not yet answered.
/// </summary>
internal sealed class GatedWire(string host, int port) : TcpWire(host, port)
{
    private volatile Gate? _gate;
    private int _tries;
    private int _hits;

    /// <summary>How often a fault waited for a request, and how often it came in time.</summary>
    public (int Hits, int Tries) Count => (Volatile.Read(ref _hits), Volatile.Read(ref _tries));

    /// <summary>Waits for a request, and holds the answers on its connection until <see cref="Open"/>.</summary>
    /// <param name="request">Some bytes of the request.</param>
    /// <param name="waitForAnswer">Waits until the server has answered it, too.</param>
    /// <param name="patience">How long it waits.</param>
    public async Task CloseAtAsync(byte[] request, bool waitForAnswer, TimeSpan patience)
    {
        var gate = _gate = new Gate(request);
        Interlocked.Increment(ref _tries);
        var moment = waitForAnswer ? gate.Answered.Task : gate.Asked.Task;
        if (await Task.WhenAny(moment, Task.Delay(patience)) == moment)
        {
            Interlocked.Increment(ref _hits);
        }
    }

    /// <summary>Holds all answers from now on, until <see cref="Open"/>.</summary>
    public void HoldAnswers() => _gate = new Gate(null);

    /// <summary>Holds nothing any more.</summary>
    public void Open()
    {
        var gate = _gate;
        _gate = null;
        gate?.Opened.TrySetResult();
    }

    protected override Pump PumpRequests() => (from, to, end) => PumpAsync(
        from,
        to,
        bytes =>
        {
            // Before it is passed on: the answer may come at once.
            _gate?.Look(bytes.Span, from);
            return !Swallows(bytes.Length);
        },
        end);

    protected override Pump PumpAnswers() => async (from, to, end) =>
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, end) is > 0 and var count)
        {
            if (_gate is { } gate && gate.Holds(to))
            {
                gate.Answered.TrySetResult();
                await gate.Opened.Task.WaitAsync(end);
            }

            await to.WriteAsync(buffer.AsMemory(0, count), end);
        }
    };

    /// <param name="request">The request to wait for. Null: all answers are held at once.</param>
    private sealed class Gate(byte[]? request)
    {
        private NetworkStream? _connection;

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Look(ReadOnlySpan<byte> bytes, NetworkStream service)
        {
            if (request is not null && bytes.IndexOf(request) >= 0
                && Interlocked.CompareExchange(ref _connection, service, null) is null)
            {
                Asked.TrySetResult();
            }
        }

        public bool Holds(NetworkStream service) => request is null || Volatile.Read(ref _connection) == service;
    }
}

using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

internal static class Messages
{
    public static Message OfBytes(params byte[] body) => new() { BodySection = new Data { Binary = body } };

    public static byte[] Encoded(params byte[] body)
    {
        var buffer = new ByteBuffer();
        OfBytes(body).Encode(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>Gathers the outcomes of sends.</summary>
internal sealed class Outcomes
{
    private readonly Lock _gate = new();
    private readonly List<(object State, Outcome Outcome)> _all = [];
    private readonly List<(int Count, TaskCompletionSource Signal)> _waiting = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _all.Count;
            }
        }
    }

    public void Add(ILink sender, Message message, Outcome outcome, object state)
    {
        lock (_gate)
        {
            _all.Add((state, outcome));
            _waiting.ForEach(waiter => _ = waiter.Count <= _all.Count && waiter.Signal.TrySetResult());
        }
    }

    public async Task<IReadOnlyList<(object State, Outcome Outcome)>> WaitForAsync(int count)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((count, signal));
            _ = _all.Count >= count && signal.TrySetResult();
        }

        await signal.Task.InTime();
        return Snapshot();
    }

    public IReadOnlyList<(object State, Outcome Outcome)> Snapshot()
    {
        lock (_gate)
        {
            return [.. _all];
        }
    }
}

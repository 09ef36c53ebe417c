using System.Collections.Concurrent;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

/// <summary>
/// A peer that does what it is asked: answers every begin, attach, detach and end, gives credit, and accepts what it is sent; or, for each
/// third delivery, releases it. It remembers which messages came.
/// </summary>
internal sealed class AutomaticPeer(Peer peer)
{
    private const uint Window = 1_000_000;

    private readonly Dictionary<(ushort, uint), uint> _received = [];
    private readonly Dictionary<ushort, uint> _nextIncoming = [];

    /// <summary>The bodies that arrived, with how often each did.</summary>
    public ConcurrentDictionary<(byte Thread, int Number), int> Arrived { get; } = new();

    /// <summary>Serves until the client has closed the connection or hung up.</summary>
    public async Task ServeAsync()
    {
        while (await peer.ReadAsync() is { } frame)
        {
            await AnswerAsync(frame);
            if (frame.Code == Code.Close)
            {
                return;
            }
        }
    }

    private Task AnswerAsync(PeerFrame frame) => frame.Code switch
    {
        Code.Begin => BeginAsync(frame.Channel),
        Code.Attach => AttachAsync(frame),
        Code.Transfer => TakeAsync(frame),
        Code.Detach => peer.SendAsync(frame.Channel, Code.Detach, [frame.Field(0), true]),
        Code.End => peer.SendAsync(frame.Channel, Code.End, []),
        Code.Close => peer.SendAsync(0, Code.Close, []),
        _ => Task.CompletedTask,
    };

    private Task BeginAsync(ushort channel)
    {
        _nextIncoming[channel] = 0;
        return peer.SendAsync(channel, Code.Begin, [channel, 0u, Window, Window]);
    }

    private async Task AttachAsync(PeerFrame attach)
    {
        var handle = (uint)attach.Field(1)!;
        if (attach.Field(2) is true)
        {
            await peer.SendAsync(
                attach.Channel, Code.Attach, [attach.Field(0), handle, false, null, null, new Source(), new Target(), null, null, 0u]);
            return;
        }

        _received[(attach.Channel, handle)] = 0;
        await peer.SendAsync(attach.Channel, Code.Attach, [attach.Field(0), handle, true, null, null, new Source(), new Target()]);
        await GiveCreditAsync(attach.Channel, handle);
    }

    private async Task TakeAsync(PeerFrame transfer)
    {
        var (id, handle) = ((uint)transfer.Field(1)!, (uint)transfer.Field(0)!);
        var body = (byte[])global::Amqp.Message.Decode(transfer.Payload).Body;
        Arrived.AddOrUpdate((body[0], BitConverter.ToInt32(body, 1)), 1, (_, count) => count + 1);
        _nextIncoming[transfer.Channel]++;
        Outcome outcome = id % 3 == 0 ? new Released() : new Accepted();
        await peer.SendAsync(transfer.Channel, Code.Disposition, [true, id, null, true, outcome]);
        if (++_received[(transfer.Channel, handle)] % 10 == 0)
        {
            await GiveCreditAsync(transfer.Channel, handle);
        }
    }

    /// <summary>Twenty at a time: sends wait for more now and then.</summary>
    private Task GiveCreditAsync(ushort channel, uint handle) =>
        peer.SendAsync(channel, Code.Flow, [_nextIncoming[channel], Window, 0u, Window, handle, _received[(channel, handle)], 20u]);
}

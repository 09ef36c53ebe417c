using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Tests.Harness;

namespace StandIns.Tests.Amqp;

/// <summary>Bodies of every kind, sent to another implementation that reads them and sends back what it has read.</summary>
public class ForeignBodyTests
{
    private static readonly DateTime Time = DateTime.UnixEpoch.AddMilliseconds(1767323045006);
    private static readonly Guid Uuid = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    /// <summary>Whose types every implementation keeps.</summary>
    private static readonly RestrictedDescribed[] Plain =
    [
        new Data { Binary = [1, 2, 3] },
        new Data { Binary = new byte[100_000] },
        new AmqpValue { Value = "héllo €" },
        new AmqpValue { Value = true },
        new AmqpValue { Value = new byte[] { 1, 2, 255 } },
        new AmqpValue { Value = Time },
        new AmqpValue { Value = new List { "a", null!, new List(), new List { true, new Map { ["deep"] = new List { "x" } } } } },
        new AmqpValue { Value = new Map { ["list"] = new List { "a", false }, ["map"] = new Map { ["k"] = "v" }, ["none"] = null } },
        new AmqpValue { Value = new Map { ["empty"] = new Map() } },
        new AmqpSequence { List = new List { "a", true, null!, new List { "b" }, new Map { ["k"] = "v" } } },
    ];

    /// <summary>Whose types an implementation with types keeps.</summary>
    private static readonly RestrictedDescribed[] Typed =
    [
        new AmqpValue { Value = new List { (byte)1, (ushort)2, 3u, 4ul, (sbyte)-1, (short)-2, -3, -4L, 1.5f, -2.25, 'å', Uuid, new Symbol("s") } },
        new AmqpValue { Value = new List { 0u, 0ul, 255u, 256u, 255ul, 256ul, -128, -129, -128L, -129L } },
        new AmqpValue { Value = new List { uint.MaxValue, ulong.MaxValue, int.MinValue, long.MinValue } },
        new AmqpValue { Value = new List { 1.5m, -79228162514264337593543950335m, 0m } },
        new AmqpValue { Value = new[] { 1, -1, int.MaxValue } },
        new AmqpValue { Value = new List { new[] { "a", "b" }, new[] { new Symbol("s") }, new[] { Uuid } } },
        new AmqpValue { Value = new Map { [1] = "int", [2ul] = "ulong", [new Symbol("s")] = "symbol", [Uuid] = "uuid" } },
        new AmqpValue { Value = new DescribedValue(new Symbol("x:d"), 5) },
        new AmqpSequence { List = new List { 1, 2L, new Map { [3u] = 4ul } } },
    ];

    [RheaFact]
    public Task Rhea_gives_every_body_back() => EchoAsync(ForeignRuntime.Rhea!, ForeignScripts.RheaEcho, [.. Plain, new AmqpValue()]);

    [ProtonFact]
    public Task Proton_gives_every_body_back() => EchoAsync(ForeignRuntime.Proton!, ForeignScripts.ProtonEcho, [.. Plain, .. Typed]);

    [ProtonFact]
    public async Task Decimals_of_every_width_are_read()
    {
        await using var peer = await ForeignPeer.StartAsync(ForeignRuntime.Proton!, ForeignScripts.ProtonEcho);
        await using var echo = await Echo.StartAsync(peer);

        var message = await echo.SendAsync(new AmqpValue { Value = "decimals" });

        Assert.Equal(new List { 1.5m, 1.5m, 1.5m }, message.Body);
    }

    private static async Task EchoAsync(ForeignRuntime runtime, string script, RestrictedDescribed[] bodies)
    {
        await using var peer = await ForeignPeer.StartAsync(runtime, script);
        await using var echo = await Echo.StartAsync(peer);
        foreach (var body in bodies)
        {
            var message = await echo.SendAsync(body);
            Assert.IsType(body.GetType(), message.BodySection);
            var expected = new Message { BodySection = body }.Body;
            Assert.True(RandomValues.AreSame(expected, message.Body), $"{expected} came back as {message.Body}.");
        }
    }

    private sealed class Echo(Connection connection, SenderLink sender, ReceiverLink receiver) : IAsyncDisposable
    {
        public static async Task<Echo> StartAsync(ForeignPeer peer)
        {
            var connection = await new ConnectionFactory().CreateAsync(peer.Address).InTime();
            var session = new Session(connection);
            return new Echo(connection, new SenderLink(session, "sender", "queue"), new ReceiverLink(session, "receiver", "queue"));
        }

        public async Task<Message> SendAsync(RestrictedDescribed body)
        {
            await sender.SendAsync(new Message { BodySection = body }).InTime();
            var message = await receiver.ReceiveAsync().InTime();
            receiver.Accept(message);
            return message;
        }

        public async ValueTask DisposeAsync()
        {
            await connection.CloseAsync().InTime();
            Assert.Null(connection.Error);
        }
    }
}

using System.Buffers.Binary;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace StandIns.Tests.Amqp;

/// <summary>Makes wrong frames of right ones.</summary>
internal sealed class FrameMutator(int seed)
{
    // What says most about a value: its format code, and lengths and counts at their limits.
    private static readonly byte[] Telling =
    [
        0x00, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x50, 0x52, 0x53, 0x54, 0x56, 0x60, 0x70, 0x71, 0x72, 0x73, 0x74, 0x80, 0x82, 0x83, 0x84, 0x94,
        0x98, 0xa0, 0xa1, 0xa3, 0xb0, 0xb1, 0xb3, 0xc0, 0xc1, 0xd0, 0xd1, 0xe0, 0xf0, 0x7f, 0xff, 0x01, 0x02,
    ];

    private static readonly int[] Numbers = [1, 2, 3];
    private static readonly string[] Texts = ["a"];

    /// <summary>Frames of every type, with values of every type.</summary>
    private static readonly byte[][] Right = MakeRight();

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var bytes = Right[_random.Next(Right.Length)].ToList();
        for (var change = Math.Max(1, _random.Next(-3, 6)); change > 0; change--)
        {
            Change(bytes);
        }

        // Mostly with the size that the frame now has: what is inside of it is then looked at.
        var frame = bytes.ToArray();
        if (frame.Length >= 8 && _random.Next(10) > 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
            frame[4] = _random.Next(20) > 0 ? (byte)2 : frame[4];
            frame[5] = _random.Next(20) > 0 ? (byte)0 : frame[5];
            frame[6] = frame[7] = _random.Next(20) > 0 ? (byte)0 : frame[7];
        }

        return frame;
    }

    private void Change(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count);
        switch (_random.Next(8))
        {
            case 0: bytes[at] = (byte)_random.Next(256); break;
            case 1: bytes[at] ^= (byte)(1 << _random.Next(8)); break;
            case 2: bytes[at] = Telling[_random.Next(Telling.Length)]; break;
            case 3: bytes.Insert(at, Telling[_random.Next(Telling.Length)]); break;
            case 4 when bytes.Count > 9: bytes.RemoveAt(at); break;
            case 5 when at > 8: bytes.RemoveRange(at, bytes.Count - at); break;
            case 6:
                var other = Right[_random.Next(Right.Length)];
                bytes.InsertRange(at, other.Skip(_random.Next(other.Length)).Take(_random.Next(1, 60)));
                break;
            default:
                // A length or a count.
                for (var offset = 0; offset < 4 && at + offset < bytes.Count; offset++)
                {
                    bytes[at + offset] = offset == 0 ? (byte)_random.Next(256) : (byte)0xff;
                }

                break;
        }
    }

    private static byte[][] MakeRight()
    {
        var error = new Error("x:error") { Description = "why", Info = new Fields { [new Symbol("a")] = new List { 1, "b", null! } } };
        var source = new Source
        {
            Address = "queue", Durable = 2, Capabilities = ["queue"], Outcomes = ["amqp:accepted:list", "amqp:rejected:list"],
            DefaultOutcome = new Modified { DeliveryFailed = true }, FilterSet = new Map { [new Symbol("f")] = new DescribedValue(1ul, "x = 1") },
        };
        var attach = new object?[] { "late", 2u, true, (byte)0, (byte)0, source, new Target { Address = "queue" }, new Map(), false, 0u, 1000ul };
        return
        [
            Peer.Encode(
            0, 0, Code.Open, ["peer", "host", 4096u, (ushort)9, 60_000u, new Symbol("en-US"), null, new[] { new Symbol("c") }, null, new Fields()]),
            Peer.Encode(0, 0, Code.Begin, [(ushort)0, 0u, 1000u, 1000u, 255u, new[] { new Symbol("c") }, null, new Fields()]),
            Peer.Encode(0, 0, Code.Attach, attach),
            Peer.Encode(0, 0, Code.Flow, [0u, 1000u, 0u, 1000u, 0u, 0u, 100u, 0u, true, true]),
            Peer.Encode(0, 0, Code.Flow, [0u, 1000u, 0u, 1000u, 1u, 9u, 0u, 0u, true, true]),
            Peer.Encode(0, 0, Code.Transfer, [1u, 5u, new byte[] { 1 }, 0u, false, false], Messages.Encoded(1, 2, 3)),
            Peer.Encode(0, 0, Code.Transfer, [1u, 6u, new byte[] { 2 }, 0u, true, false], Rich()),
            Peer.Encode(0, 0, Code.Transfer, [1u, 7u, new byte[] { 3 }, 0u, false, true], Rich()),
            Peer.Encode(0, 0, Code.Transfer, [1u, null, null, null, false, false], Messages.Encoded(1, 2, 3)),
            Peer.Encode(0, 0, Code.Transfer, [1u, null, null, null, null, null, null, new Accepted(), true, true]),
            Peer.Encode(0, 0, Code.Disposition, [true, 0u, 1u, true, new Rejected { Error = error }]),
            Peer.Encode(0, 0, Code.Disposition, [true, 1u, null, false, new Modified { MessageAnnotations = new Fields { [new Symbol("a")] = 1 } }]),
            Peer.Encode(0, 0, Code.Disposition, [false, 0u, 9u, true]),
            Peer.Encode(0, 0, Code.Detach, [0u, true, error]),
            Peer.Encode(0, 0, Code.End, [error]),
            Peer.Encode(0, 0, Code.Close, [error]),
        ];
    }

    private static byte[] Rich()
    {
        var message = new Message
        {
            Header = new Header { Durable = true, Priority = 3, Ttl = 1000, DeliveryCount = 2 },
            DeliveryAnnotations = new DeliveryAnnotations { [new Symbol("d")] = 1.5 },
            MessageAnnotations = new MessageAnnotations { [new Symbol("m")] = new List { 1u, 2ul, (byte)3, new Map { ["k"] = 'c' } } },
            Properties = new Properties
            {
                MessageId = "id", UserId = [1], To = "to", Subject = "subject", CorrelationId = "c", ContentType = "text/plain",
                CreationTime = DateTime.UnixEpoch, GroupId = "g", GroupSequence = 7,
            },
            ApplicationProperties = new ApplicationProperties
            {
                ["byte"] = (byte)1, ["sbyte"] = (sbyte)-1, ["short"] = (short)-2, ["int"] = -300, ["long"] = long.MinValue, ["float"] = 1.5f,
                ["double"] = -2.5, ["decimal"] = 1.25m, ["char"] = 'x', ["time"] = DateTime.UnixEpoch, ["uuid"] = Guid.Empty, ["null"] = null,
                ["bytes"] = new byte[] { 1, 2 }, ["text"] = "héllo", ["symbol"] = new Symbol("s"), ["yes"] = true,
            },
            BodySection = new AmqpValue { Value = new List { Numbers, Texts, new Map { [1] = new List { null! } } } },
            Footer = new Footer { [new Symbol("f")] = 1 },
        };
        var buffer = new ByteBuffer();
        message.Encode(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}

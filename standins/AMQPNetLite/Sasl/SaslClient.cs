using Amqp.Framing;
using Amqp.Transport;
using Amqp.Types;

namespace Amqp.Sasl;

/// <summary>The client's side of the authentication that precedes a connection (5.3.2).</summary>
internal static class SaslClient
{
    public static async Task AuthenticateAsync(
        FrameReader reader, Stream stream, SaslProfile profile, string hostName, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(ProtocolHeader.Sasl, cancellationToken);
        await reader.ReadProtocolHeaderAsync(ProtocolHeader.Sasl, cancellationToken);

        // The password is sent only after the peer has offered a mechanism that takes one.
        CheckOffer(await NextFrameAsync(), profile);
        await stream.WriteAsync(Init(profile, hostName), cancellationToken);
        CheckOutcome(await NextFrameAsync(), profile);

        async Task<byte[]> NextFrameAsync() =>
            await reader.ReadFrameAsync(Frame.SaslType, cancellationToken)
            ?? throw new AmqpException(ErrorCode.UnauthorizedAccess, $"The peer closed the connection during SASL {profile.Mechanism}.");
    }

    private static void CheckOffer(byte[] body, SaslProfile profile)
    {
        var reader = new AmqpReader(body);
        Expect(reader.ReadDescriptor(), Descriptors.SaslMechanisms);
        var list = reader.EnterList();
        var mechanisms = list.Count > 0 ? reader.ReadSymbols() : [];
        if (!mechanisms.Contains(profile.Mechanism))
        {
            throw new AmqpException(
                ErrorCode.UnauthorizedAccess,
                $"The peer does not offer SASL {profile.Mechanism}, only {string.Join<Symbol>(", ", mechanisms)}.");
        }
    }

    private static ReadOnlyMemory<byte> Init(SaslProfile profile, string hostName)
    {
        var buffer = new ByteBuffer();
        var frame = Frame.Begin(buffer, Frame.SaslType, channel: 0);
        buffer.WriteDescriptor((byte)Descriptors.SaslInit.Code);
        var list = buffer.BeginList(3);
        buffer.WriteSymbol(profile.Mechanism);
        buffer.WriteBinary(profile.InitialResponse);
        buffer.WriteString(hostName);
        buffer.EndList(list);
        Frame.End(buffer, frame);
        return buffer.WrittenMemory;
    }

    private static void CheckOutcome(byte[] body, SaslProfile profile)
    {
        var reader = new AmqpReader(body);

        // PLAIN, ANONYMOUS and EXTERNAL say everything at once: a challenge has no answer.
        Expect(reader.ReadDescriptor(), Descriptors.SaslOutcome);
        var list = reader.EnterList();
        var code = list.Count > 0 ? (SaslCode)reader.ReadUByte() : throw AmqpReader.Malformed("A SASL outcome has no code.");
        if (code != SaslCode.Ok)
        {
            throw new AmqpException(ErrorCode.UnauthorizedAccess, $"SASL {profile.Mechanism} authentication failed: {code}.");
        }
    }

    private static void Expect(ulong number, Descriptor expected)
    {
        if (number != expected.Code)
        {
            throw new AmqpException(ErrorCode.NotAllowed, $"Expected {expected.Name}, found descriptor 0x{number:x2}.");
        }
    }
}

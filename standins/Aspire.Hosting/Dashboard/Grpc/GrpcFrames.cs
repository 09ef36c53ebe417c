using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>
/// Length-prefixed messages: one byte that says whether the message is compressed, four bytes of length (big-endian), the message
/// (gRPC over HTTP/2, "Length-Prefixed-Message").
/// </summary>
internal static class GrpcFrames
{
    /// <summary>A request of the dashboard has a few hundred bytes: what is larger is not one.</summary>
    public const int MaxRequestSize = 64 * 1024;

    private const int PrefixSize = 5;

    /// <summary>Reads the next message.</summary>
    /// <returns>Null when the caller has sent its last one.</returns>
    /// <exception cref="GrpcException">The bytes are not a message, or one that is too large.</exception>
    public static async ValueTask<T?> ReadAsync<T>(PipeReader reader, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        var prefix = await reader.ReadAtLeastAsync(PrefixSize, cancellationToken);
        if (prefix.Buffer.IsEmpty)
        {
            return null;
        }

        var length = ReadPrefix(prefix.Buffer);
        reader.AdvanceTo(prefix.Buffer.GetPosition(PrefixSize));
        if (length == 0)
        {
            // ReadAtLeastAsync(0) would still wait for the next byte.
            return parser.ParseFrom(ReadOnlySequence<byte>.Empty);
        }

        var body = await reader.ReadAtLeastAsync(length, cancellationToken);
        if (body.Buffer.Length < length)
        {
            throw new GrpcException(GrpcStatus.Internal, "The message ends before its announced length.");
        }

        var message = Parse(parser, body.Buffer.Slice(0, length));
        reader.AdvanceTo(body.Buffer.GetPosition(length));
        return message;
    }

    /// <summary>Writes one message and sends it.</summary>
    public static async ValueTask WriteAsync(PipeWriter writer, IMessage message, CancellationToken cancellationToken)
    {
        var length = message.CalculateSize();
        var prefix = writer.GetSpan(PrefixSize);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], length);
        writer.Advance(PrefixSize);
        message.WriteTo(writer);
        await writer.FlushAsync(cancellationToken);
    }

    private static int ReadPrefix(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < PrefixSize)
        {
            throw new GrpcException(GrpcStatus.Internal, "The message ends within its prefix.");
        }

        Span<byte> prefix = stackalloc byte[PrefixSize];
        buffer.Slice(0, PrefixSize).CopyTo(prefix);
        if (prefix[0] != 0)
        {
            throw new GrpcException(GrpcStatus.Unimplemented, "Compressed messages are not understood here.");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        return length <= MaxRequestSize
            ? (int)length
            : throw new GrpcException(GrpcStatus.ResourceExhausted, $"A message may have {MaxRequestSize} bytes; this one has {length}.");
    }

    private static T Parse<T>(MessageParser<T> parser, ReadOnlySequence<byte> bytes)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new GrpcException(GrpcStatus.Internal, $"The message cannot be read: {exception.Message}");
        }
    }
}

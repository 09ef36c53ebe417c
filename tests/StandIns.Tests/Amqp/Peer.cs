using System.Net;
using System.Net.Sockets;
using Amqp;
using Amqp.Transport;
using Amqp.Types;

namespace StandIns.Tests.Amqp;

/// <summary>A frame that the client sent: the fields of its performative as a list, and what follows it.</summary>
internal sealed record PeerFrame(ushort Channel, ulong Code, List Fields, byte[] Payload)
{
    /// <summary>How many bytes the frame has, its header included.</summary>
    public int Size { get; init; }

    public object? Field(int index) => index < Fields.Count ? Fields[index] : null;
}

/// <summary>
/// The other end of a connection, played by a test: it reads what the client sends frame by frame and answers with whatever the test
/// wants, right or wrong.
/// </summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private FrameReader _reader = null!;
    private byte _frameType;

    public Peer() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Stream Stream { get; private set; } = Stream.Null;

    /// <summary>Whether signs of life are handed out too: frames without a body, as frames of code 0.</summary>
    public bool ShowSignsOfLife { get; set; }

    /// <summary>Whether each byte is sent by itself.</summary>
    public bool ByteByByte { get; init; }

    public Address Address(string? user = null, string? password = null, string scheme = "AMQP") =>
        new("127.0.0.1", Port, user, password, "/", scheme);

    /// <summary>Takes the client's connection; <paramref name="wrap"/> may put TLS around it.</summary>
    public async Task AcceptAsync(Func<Stream, Task<Stream>>? wrap = null)
    {
        var socket = await _listener.AcceptSocketAsync().InTime();
        socket.NoDelay = true;
        Stream = new NetworkStream(socket, ownsSocket: true);
        if (wrap is not null)
        {
            Stream = await wrap(Stream).InTime();
        }

        _reader = new FrameReader(Stream, 1024 * 1024);
    }

    /// <summary>
    /// The SASL part of a connection, offering <paramref name="mechanisms"/>; gives the fields of the client's sasl-init.
    /// </summary>
    public async Task<List> AuthenticateAsync(byte outcome, params Symbol[] mechanisms)
    {
        _frameType = Frame.SaslType;
        await _reader.ReadProtocolHeaderAsync(ProtocolHeader.Sasl, default).InTime();
        await SendBytesAsync(ProtocolHeader.Sasl);
        await SendAsync(0, Code.SaslMechanisms, [mechanisms]);
        var init = await ExpectAsync(Code.SaslInit);
        await SendAsync(0, Code.SaslOutcome, [outcome]);
        return init.Fields;
    }

    /// <summary>The protocol header and the client's open; answers the first and leaves the second to the test.</summary>
    public async Task<PeerFrame> ReadOpenAsync()
    {
        _frameType = Frame.AmqpType;
        await _reader.ReadProtocolHeaderAsync(ProtocolHeader.Amqp, default).InTime();
        await SendBytesAsync(ProtocolHeader.Amqp);
        return await ExpectAsync(Code.Open);
    }

    /// <summary>The next frame, which must have the descriptor <paramref name="code"/>.</summary>
    public async Task<PeerFrame> ExpectAsync(ulong code)
    {
        var frame = await ReadAsync();
        Assert.NotNull(frame);
        Assert.True(code == frame.Code, $"Expected a frame 0x{code:x2}, got 0x{frame.Code:x2}: {string.Join(", ", frame.Fields.Select(Show))}");
        return frame;
    }

    /// <summary>The next frame; null when the client has closed the socket.</summary>
    public async Task<PeerFrame?> ReadAsync()
    {
        while (true)
        {
            if (_reader.TryRead(_frameType, out var channel, out var body))
            {
                if (!body.IsEmpty || ShowSignsOfLife)
                {
                    return Decode(channel, body);
                }
            }
            else if (!await FillAsync())
            {
                return null;
            }
        }
    }

    public Task SendAsync(ushort channel, ulong code, object?[] fields, ReadOnlySpan<byte> payload = default) =>
        SendBytesAsync(Encode(_frameType, channel, code, fields, payload));

    public static byte[] Encode(byte type, ushort channel, ulong code, object?[] fields, ReadOnlySpan<byte> payload = default)
    {
        var list = new List();
        list.AddRange(fields!);
        var buffer = new ByteBuffer();
        var frame = Frame.Begin(buffer, type, channel);
        new DescribedValue(code, list).Encode(buffer);
        buffer.Write(payload);
        Frame.End(buffer, frame);
        return buffer.WrittenSpan.ToArray();
    }

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        var step = ByteByByte ? 1 : bytes.Length;
        for (var start = 0; start < bytes.Length; start += step)
        {
            await Stream.WriteAsync(bytes.Slice(start, step)).AsTask().InTime();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await Stream.DisposeAsync();
    }

    private async Task<bool> FillAsync()
    {
        try
        {
            return await _reader.FillAsync(default).AsTask().InTime();
        }
        catch (IOException)
        {
            return false; // reset by the client
        }
    }

    private static PeerFrame Decode(ushort channel, ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return new PeerFrame(channel, 0, [], []);
        }

        var reader = new AmqpReader(body);
        var performative = Assert.IsType<DescribedValue>(reader.ReadObject());
        return new PeerFrame(channel, (ulong)performative.Descriptor, (List)performative.Value, reader.Rest.ToArray())
        {
            Size = body.Length + Frame.HeaderSize,
        };
    }

    private static string Show(object? value) => value switch
    {
        null => "null",
        global::Amqp.Framing.Error error => error.ToString(),
        _ => value.ToString()!,
    };
}

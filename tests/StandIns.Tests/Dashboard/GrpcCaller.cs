using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;

namespace StandIns.Tests.Dashboard;

/// <summary>A gRPC client that shows what is on the wire: HTTP/2 by prior knowledge, frames by hand.</summary>
internal sealed class GrpcCaller : IDisposable
{
    public const string ApiKeyHeader = "x-resource-service-api-key";

    private readonly string? _apiKey;
    private readonly HttpClient _client;
    private Socket? _socket;

    public GrpcCaller(Uri address, string? apiKey)
    {
        _apiKey = apiKey;
        _client = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync }) { BaseAddress = address };
    }

    public static byte[] Frame(IMessage message)
    {
        var frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.CalculateSize());
        message.WriteTo(frame.AsSpan(5));
        return frame;
    }

    public Task<GrpcAnswer> CallAsync(string method, IMessage request, CancellationToken ct) => CallAsync(method, Frame(request), ct);

    public Task<GrpcAnswer> CallAsync(string method, byte[] body, CancellationToken ct, string contentType = "application/grpc") =>
        CallAsync(method, new ByteArrayContent(body), ct, contentType);

    /// <summary>Sends the request and hands out the response as soon as its headers are there.</summary>
    public async Task<GrpcAnswer> CallAsync(string method, HttpContent body, CancellationToken ct, string contentType = "application/grpc")
    {
        body.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/aspire.v1.DashboardService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        if (_apiKey is not null)
        {
            request.Headers.Add(ApiKeyHeader, _apiKey);
        }

        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        return new GrpcAnswer(response, await response.Content.ReadAsStreamAsync(ct));
    }

    /// <summary>Breaks the connection, as the end of a process does.</summary>
    public void Break() => _socket!.Close(timeout: 0);

    public void Dispose() => _client.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(_socket, ownsSocket: true);
    }
}

internal sealed class GrpcAnswer(HttpResponseMessage response, Stream body) : IDisposable
{
    public HttpStatusCode HttpStatus => response.StatusCode;

    /// <summary>The next message; null when the server has sent its last one.</summary>
    public async Task<T?> ReadAsync<T>(MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T>
    {
        var prefix = new byte[5];
        if (await body.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false, ct) == 0)
        {
            return null;
        }

        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await body.ReadExactlyAsync(message, ct);
        return parser.ParseFrom(message);
    }

    /// <summary>Reads to the end, and the status there.</summary>
    public async Task<(int Status, string Message)> EndAsync(CancellationToken ct)
    {
        await body.CopyToAsync(Stream.Null, ct);
        return (
            int.Parse(response.TrailingHeaders.GetValues("grpc-status").Single(), CultureInfo.InvariantCulture),
            response.TrailingHeaders.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(messages.Single()) : "");
    }

    public void Dispose() => response.Dispose();
}

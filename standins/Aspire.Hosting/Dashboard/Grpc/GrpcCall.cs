using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>One call of a gRPC method, as its handler sees it.</summary>
internal sealed class GrpcCall(HttpContext context, CancellationToken cancellationToken)
{
    /// <summary>Fires when the caller has gone or the server stops.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Reads the one request of a unary or server-streaming method.</summary>
    public async ValueTask<T> ReadRequestAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T> =>
        await ReadNextAsync(parser) ?? throw new GrpcException(GrpcStatus.InvalidArgument, "The call has no request message.");

    /// <summary>Reads the next message of a client stream.</summary>
    /// <returns>Null when the caller has sent its last one.</returns>
    public ValueTask<T?> ReadNextAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T> =>
        GrpcFrames.ReadAsync(context.Request.BodyReader, parser, CancellationToken);

    /// <summary>Sends the headers now: a caller of a stream waits for them, and the first message may be long in coming.</summary>
    public async Task StartStreamAsync() =>
        // Not StartAsync, which leaves them in the buffer.
        await context.Response.BodyWriter.FlushAsync(CancellationToken);

    public ValueTask WriteAsync(IMessage message) => GrpcFrames.WriteAsync(context.Response.BodyWriter, message, CancellationToken);
}

using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>Finds the method of a request, calls it and turns its outcome into trailers.</summary>
/// <param name="methods">Handlers by request path: <c>/package.Service/Method</c>.</param>
/// <param name="apiKey">Null lets everybody in.</param>
/// <param name="logger">Is told of handlers that fail.</param>
/// <param name="stopping">Fires when the server stops; streams end then.</param>
internal sealed partial class GrpcDispatcher(
    IReadOnlyDictionary<string, Func<GrpcCall, Task>> methods, ApiKey? apiKey, ILogger logger, CancellationToken stopping)
{
    private const string ContentType = "application/grpc";

    public async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method)
            || context.Request.ContentType?.StartsWith(ContentType, StringComparison.Ordinal) is not true)
        {
            // Not a gRPC client: it would not look at trailers ("gRPC over HTTP/2", "Requests").
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        context.Response.ContentType = ContentType;
        var (status, message) = await CallAsync(context);
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        context.Response.AppendTrailer("grpc-status", ((int)status).ToString(CultureInfo.InvariantCulture));
        if (message is not null)
        {
            // Percent-encoded, because a header can carry only ASCII.
            context.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
        }
    }

    private async Task<(GrpcStatus Status, string? Message)> CallAsync(HttpContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            // Before the method is looked up: who has no key learns nothing.
            if (apiKey?.IsSentBy(context.Request) is false)
            {
                return (GrpcStatus.Unauthenticated, "The API key is missing or wrong.");
            }

            if (!methods.TryGetValue(context.Request.Path.Value ?? "", out var method))
            {
                return (GrpcStatus.Unimplemented, $"There is no method {context.Request.Path}.");
            }

            await method(new GrpcCall(context, ending.Token));
            return (GrpcStatus.Ok, null);
        }
        catch (GrpcException exception)
        {
            return (exception.Status, exception.Message);
        }
        catch (Exception exception) when (IsCallerGone(exception, context))
        {
            return (GrpcStatus.Cancelled, null);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return (GrpcStatus.Unavailable, "The AppHost is stopping.");
        }
        catch (Exception exception)
        {
            LogFailed(exception, context.Request.Path);
            return (GrpcStatus.Internal, "The AppHost failed to answer; its log says why.");
        }
    }

    // Reading and writing may fail before RequestAborted fires: both come from the same event, on two threads.
    private static bool IsCallerGone(Exception exception, HttpContext context) =>
        exception is IOException or ConnectionAbortedException
        || (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested);

    [LoggerMessage(1, LogLevel.Error, "{Method} failed")]
    private partial void LogFailed(Exception exception, string? method);
}

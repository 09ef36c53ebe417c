using ServiceDefaults.Resilience;

namespace ServiceDefaults.Api;

/// <summary>
/// Answers 503 at once while the database cannot be used, and writes one line for the whole outage. It does not retry: the caller would
/// wait, and after a commit whose answer was lost only the caller can repeat the request safely, with its Idempotency-Key.
/// </summary>
internal sealed partial class DatabaseOutages(RequestDelegate next, TimeProvider time, ILogger<DatabaseOutages> logger)
{
    /// <summary>Requests that fail within this time of each other belong to one outage.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private long _lastFailure;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (DatabaseAbsence.In(exception) is { } error)
        {
            LogOncePerOutage(error);
            await AnswerAsync(context);
        }
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            // A list has been sent in part. The caller must not take that for the whole.
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.Headers.RetryAfter = "1";
        await TypedResults.Problem(
                AdviceFor(context.Request),
                title: "The database is not available.",
                statusCode: StatusCodes.Status503ServiceUnavailable)
            .ExecuteAsync(context);
    }

    private static string AdviceFor(HttpRequest request) => request switch
    {
        { Method: "GET" } => "Try again in a moment.",
        { Headers: var headers } when headers.ContainsKey("Idempotency-Key") =>
            "Try again in a moment. With the same Idempotency-Key nothing is created twice.",
        _ => "Try again in a moment. The change may have been made nevertheless: look first.",
    };

    private void LogOncePerOutage(NpgsqlException error)
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Exchange(ref _lastFailure, now);
        if (last == 0 || time.GetElapsedTime(last, now) >= Pause)
        {
            LogUnavailable(logger, Outage.ReasonOf(error)!);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The database is not available, and requests that need it are answered with 503: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string reason);
}

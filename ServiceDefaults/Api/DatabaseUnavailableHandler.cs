using System.Data.Common;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace ServiceDefaults.Api;

/// <summary>
/// Answers 503 at once while the database is away, or has no tables yet. It does not retry: the caller would wait, and after a commit whose
/// answer was lost only the caller can repeat the request safely, with its Idempotency-Key.
/// </summary>
internal sealed class DatabaseUnavailableHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (!IsTransient(exception))
        {
            return ValueTask.FromResult(false);
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "1";
        return problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Title = "The database is not available.",
                Detail = "Try again in a moment; with the same Idempotency-Key nothing is created twice.",
            },
        });
    }

    /// <summary>EF Core wraps the errors of the database in a DbUpdateException or an InvalidOperationException.</summary>
    private static bool IsTransient(Exception? exception) =>
        exception is DbException { IsTransient: true }
            or DbException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn }
        || (exception?.InnerException is { } inner && IsTransient(inner));
}

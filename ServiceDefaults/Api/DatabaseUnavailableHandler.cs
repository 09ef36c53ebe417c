using System.Data.Common;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace ServiceDefaults.Api;

/// <summary>
/// A database that is away makes a 503 at once. Retrying here would make the caller wait, and after a commit whose answer was lost it could
/// not know better than the caller: with an Idempotency-Key a repeated POST is safe. So does one whose tables are not there yet: migrations
/// are applied while requests may already come.
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

    /// <summary>EF Core wraps what the database says in a DbUpdateException or an InvalidOperationException.</summary>
    private static bool IsTransient(Exception? exception) =>
        exception is DbException { IsTransient: true } or DbException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn }
        || (exception?.InnerException is { } inner && IsTransient(inner));
}

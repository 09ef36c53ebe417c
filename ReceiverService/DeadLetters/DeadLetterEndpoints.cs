using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ReceiverService.Data;
using ServiceDefaults.Api;

namespace ReceiverService.DeadLetters;

/// <summary>What could not be processed: an operator looks at it, mends the cause, and replays or discards it.</summary>
internal static class DeadLetterEndpoints
{
    private const string Path = "/api/dead-letters";

    /// <summary>How much of a body a list shows, in bytes: one may have many megabytes.</summary>
    private const int BodyInList = 1024;

    /// <summary>A body that is too long for a list is cut by the database.</summary>
    private const string Columns = """
        SELECT id AS "Id", message_id AS "MessageId", type AS "Type", reason AS "Reason", received_at AS "ReceivedAt", replays AS "Replays",
            properties::text AS "Properties", length(body) AS "BodyLength", substring(body FOR {0}) AS "Body"
        FROM dead_letters
        """;

    public static void MapDeadLetters(this WebApplication app) => app.MapOperators(Path, group =>
    {
        var letters = group.WithTags("Dead letters");
        letters.MapGet("/", ListAsync).WithSummary("A page of dead letters, newest first, with the beginnings of their bodies");
        letters.MapGet("/{id:long}", GetAsync).WithSummary("One dead letter with its whole body");
        letters.MapPost("/{id:long}/replay", ReplayAsync).WithSummary("Process a dead letter again")
            .ProducesProblem(StatusCodes.Status409Conflict);
        letters.MapDelete("/{id:long}", DeleteAsync).WithSummary("Discard a dead letter");
    });

    /// <param name="limit">The most dead letters to return. Defaults to 50.</param>
    /// <param name="after">The id of the last one of the page before.</param>
    private static async Task<Ok<DeadLetterResponse[]>> ListAsync(
        [Range(1, 1000)] int? limit, long? after, ReceiverDbContext db, HttpContext http, CancellationToken cancellationToken)
    {
        var most = limit ?? 50;
        var rows = await db.Database.SqlQueryRaw<DeadLetterRow>(Columns, BodyInList)
            .Where(row => after == null || row.Id < after)
            .OrderByDescending(row => row.Id)
            .Take(most)
            .ToArrayAsync(cancellationToken);
        http.LinkToNextPage(rows, most, row => row.Id.ToString(CultureInfo.InvariantCulture));
        return TypedResults.Ok(Array.ConvertAll(rows, DeadLetterResponse.Of));
    }

    private static async Task<Results<Ok<DeadLetterResponse>, NotFound>> GetAsync(
        long id, ReceiverDbContext db, CancellationToken cancellationToken) =>
        await db.Database.SqlQueryRaw<DeadLetterRow>(Columns, int.MaxValue).SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is { } row
            ? TypedResults.Ok(DeadLetterResponse.Of(row))
            : TypedResults.NotFound();

    private static async Task<Results<Ok<ReplayResult>, NotFound, ProblemHttpResult>> ReplayAsync(
        long id, DeadLetterReplay replay, CancellationToken cancellationToken)
    {
        var result = await replay.RunAsync(id, cancellationToken);
        return result.Outcome switch
        {
            ReplayOutcome.NotFound => TypedResults.NotFound(),
            ReplayOutcome.Failed => TypedResults.Problem(
                statusCode: StatusCodes.Status409Conflict, title: "The message still cannot be processed, and is kept.", detail: result.Reason),
            _ => TypedResults.Ok(result),
        };
    }

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(long id, ReceiverDbContext db, CancellationToken cancellationToken) =>
        await db.DeadLetters.Where(letter => letter.Id == id).ExecuteDeleteAsync(cancellationToken) > 0
            ? TypedResults.NoContent()
            : TypedResults.NotFound();
}

using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Messaging.Inbox.DeadLetters;

/// <summary>What could not be processed. An operator looks at it, fixes the cause or the body, and replays it or discards it.</summary>
internal static class DeadLetterEndpoints
{
    public static void MapDeadLetters(this WebApplication app) => app.MapOperators("/api/dead-letters", group =>
    {
        var letters = group.WithTags("Dead letters");
        letters.MapGet("/", ListAsync).WithSummary("A page of dead letters, newest first");
        letters.MapGet("/{id:long}", GetAsync).WithSummary("One dead letter");
        letters.MapGet("/{id:long}/body", GetBodyAsync).WithSummary("The whole body of a dead letter")
            .ProducesProblem(StatusCodes.Status409Conflict);
        letters.MapPut("/{id:long}/body", CorrectAsync).WithSummary("Replace the body of a dead letter by a corrected one")
            .Accepts<object>("application/json");
        letters.MapPost("/{id:long}/replay", ReplayAsync).WithSummary("Process a dead letter again")
            .ProducesProblem(StatusCodes.Status409Conflict);
        letters.MapDelete("/{id:long}", DeleteAsync).WithSummary("Discard a dead letter");
    });

    /// <param name="limit">The most dead letters to return. Defaults to 50.</param>
    /// <param name="after">The id of the last one of the page before.</param>
    private static async Task<Ok<DeadLetterResponse[]>> ListAsync(
        [Range(1, 1000)] int? limit, long? after, [FromServices] InboxContext inbox, HttpContext http, CancellationToken cancellationToken)
    {
        var most = limit ?? 50;
        var page = inbox.DeadLetters.Where(letter => after == null || letter.Id < after).OrderByDescending(letter => letter.Id).Take(most);
        var letters = await Responses(page).ToArrayAsync(cancellationToken);
        http.LinkToNextPage(letters, most, letter => letter.Id.ToString(CultureInfo.InvariantCulture));
        return TypedResults.Ok(letters);
    }

    private static async Task<Results<Ok<DeadLetterResponse>, NotFound>> GetAsync(
        long id, [FromServices] InboxContext inbox, CancellationToken cancellationToken) =>
        await Responses(inbox.DeadLetters.Where(letter => letter.Id == id)).SingleOrDefaultAsync(cancellationToken) is { } letter
            ? TypedResults.Ok(letter)
            : TypedResults.NotFound();

    private static async Task<Results<FileContentHttpResult, NotFound, ProblemHttpResult>> GetBodyAsync(
        long id, [FromServices] InboxContext inbox, CancellationToken cancellationToken)
    {
        var letter = await inbox.DeadLetters.AsNoTracking().SingleOrDefaultAsync(letter => letter.Id == id, cancellationToken);
        return letter is null ? TypedResults.NotFound()
            : IncomingBody.Read(letter.Decode().BodySection) is { } body ? TypedResults.Bytes(body, "application/octet-stream")
            : TypedResults.Problem(
                "The body is missing, or is neither data nor text. PUT one in its place.", statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<Results<NoContent, NotFound>> CorrectAsync(
        long id, HttpRequest request, [FromServices] InboxContext inbox, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        await using var transaction = await inbox.Db.Database.BeginTransactionAsync(cancellationToken);
        if (await inbox.LockDeadLetterAsync(id, cancellationToken) is not { } letter)
        {
            return TypedResults.NotFound();
        }

        letter.Correct(body.ToArray());
        await inbox.Db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<ReplayResult>, NotFound, ProblemHttpResult>> ReplayAsync(
        long id, [FromServices] DeadLetterReplay replay, CancellationToken cancellationToken)
    {
        var result = await replay.RunAsync(id, cancellationToken);
        return result.Outcome switch
        {
            ReplayOutcome.NotFound => TypedResults.NotFound(),
            ReplayOutcome.Failed => TypedResults.Problem(
                result.Reason, statusCode: StatusCodes.Status409Conflict, title: "The message still cannot be processed, and is kept."),
            _ => TypedResults.Ok(result),
        };
    }

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        long id, [FromServices] InboxContext inbox, CancellationToken cancellationToken) =>
        await inbox.DeadLetters.Where(letter => letter.Id == id).ExecuteDeleteAsync(cancellationToken) > 0
            ? TypedResults.NoContent()
            : TypedResults.NotFound();

    /// <summary>Without the encoded messages, which may have many megabytes.</summary>
    private static IQueryable<DeadLetterResponse> Responses(IQueryable<DeadLetter> letters) =>
        letters.Select(letter => new DeadLetterResponse(
            letter.Id, letter.MessageId, letter.Type, letter.Reason, letter.ReceivedAt, letter.Replays, Parse(letter.Preview)));

    private static JsonElement Parse(string preview) => JsonElement.Parse(preview);
}

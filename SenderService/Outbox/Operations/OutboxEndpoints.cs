using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SenderService.Data;
using SenderService.Outbox.Relay;
using ServiceDefaults.Api;

namespace SenderService.Outbox.Operations;

/// <summary>What operators see of the outbox, and what they decide: whether a failed message is tried anew or given up for good.</summary>
internal static partial class OutboxEndpoints
{
    public static void MapOutbox(this WebApplication app) => app.MapOperators("/api/outbox", outbox =>
    {
        outbox.WithTags("Outbox");
        outbox.MapGet("/", GetAsync).WithSummary("How much is pending and failed, how old it is, and which relay has which partitions");
        outbox.MapGet("/messages", ListAsync).WithSummary("Messages, oldest first, a page at a time");
        outbox.MapGet("/messages/{messageId:guid}", GetMessageAsync).WithSummary("One message");
        outbox.MapPost("/messages/{messageId:guid}/requeue", RequeueAsync)
            .WithSummary("Tries a message again with all its attempts; the later ones of its aggregate follow")
            .ProducesProblem(StatusCodes.Status409Conflict);
        outbox.MapDelete("/messages/{messageId:guid}", DiscardAsync)
            .WithSummary("Discards a failed message: it will never be published, and the later ones of its aggregate follow")
            .ProducesProblem(StatusCodes.Status409Conflict);
    });

    private static async Task<Ok<OutboxResponse>> GetAsync(SenderDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var backlog = await OutboxBacklog.MeasureAsync(db, time, cancellationToken);
        var owners = await db.Database.SqlQueryRaw<PartitionOwner>(OutboxLocks.Owners).ToListAsync(cancellationToken);
        return TypedResults.Ok(new OutboxResponse(
            backlog.Pending,
            backlog.Failed,
            backlog.OldestAge,
            [.. owners
                .GroupBy(owner => (owner.Name, owner.Pid))
                .Select(owned => new OutboxRelayResponse(owned.Key.Name, owned.Key.Pid, [.. owned.Select(owner => owner.Partition).Order()]))
                .OrderBy(relay => relay.Name)]));
    }

    /// <param name="status">Pending, Sent or Failed; without it all.</param>
    /// <param name="limit">The most messages to return. Defaults to 100.</param>
    /// <param name="after">The id of the last message of the page before; ids begin with the time.</param>
    private static async Task<Ok<IAsyncEnumerable<OutboxMessageResponse>>> ListAsync(
        OutboxMessageStatus? status,
        [Range(1, 1000)] int? limit,
        Guid? after,
        SenderDbContext db,
        HttpContext http,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await db.OutboxMessages
            .Where(message => (after == null || message.MessageId > after) && (status == null || message.Status == status))
            .OrderBy(message => message.MessageId)
            .ToPageAsync(limit ?? 100, message => message.MessageId, OutboxMessageResponse.Of, http, cancellationToken));

    private static async Task<Results<Ok<OutboxMessageResponse>, NotFound>> GetMessageAsync(
        Guid messageId, SenderDbContext db, CancellationToken cancellationToken) =>
        await db.OutboxMessages.AsNoTracking().SingleOrDefaultAsync(message => message.MessageId == messageId, cancellationToken) is { } message
            ? TypedResults.Ok(OutboxMessageResponse.Of(message))
            : TypedResults.NotFound();

    private static Task<Results<NoContent, NotFound, ProblemHttpResult>> RequeueAsync(
        Guid messageId, SenderDbContext db, ILogger<OutboxResponse> logger, CancellationToken cancellationToken)
    {
        LogRequeue(logger, messageId);

        // By the database's clock, as every other attempt. It goes on to hold back the later ones until it is sent.
        return DecideAsync(
            messageId,
            $"""
             UPDATE outbox_messages SET status = 'Pending', attempts = 0, next_attempt_at = now()
             WHERE message_id = {messageId} AND (status = 'Failed' OR (status = 'Pending' AND next_attempt_at IS NOT NULL))
             """,
            "Only a message that is failed or waits for another attempt can be requeued.",
            db,
            cancellationToken);
    }

    private static Task<Results<NoContent, NotFound, ProblemHttpResult>> DiscardAsync(
        Guid messageId, SenderDbContext db, ILogger<OutboxResponse> logger, CancellationToken cancellationToken)
    {
        LogDiscard(logger, messageId);

        // The next one holds the later ones back in its place: let go all at once, a new one could overtake those that have waited. Two
        // statements that are sent together are one transaction.
        return DecideAsync(
            messageId,
            $"""
             UPDATE outbox_messages SET next_attempt_at = now()
             WHERE id = (
                 SELECT min(later.id) FROM outbox_messages AS later
                 JOIN (SELECT aggregate_id, id FROM outbox_messages WHERE message_id = {messageId} AND status = 'Failed' FOR UPDATE) AS failed
                     ON later.aggregate_id = failed.aggregate_id AND later.id > failed.id
                 WHERE later.status = 'Pending');
             DELETE FROM outbox_messages WHERE message_id = {messageId} AND status = 'Failed'
             """,
            "Only a failed message can be discarded: any other may be on its way.",
            db,
            cancellationToken);
    }

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> DecideAsync(
        Guid messageId, FormattableString decision, string otherwise, SenderDbContext db, CancellationToken cancellationToken)
    {
        if (await db.Database.ExecuteSqlAsync(decision, cancellationToken) > 0)
        {
            return TypedResults.NoContent();
        }

        if (!await db.OutboxMessages.AnyAsync(message => message.MessageId == messageId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        return TypedResults.Problem(otherwise, statusCode: StatusCodes.Status409Conflict);
    }

    [LoggerMessage(1, LogLevel.Information, "An operator asks for message {MessageId} to be requeued")]
    private static partial void LogRequeue(ILogger logger, Guid messageId);

    [LoggerMessage(2, LogLevel.Warning, "An operator asks for failed message {MessageId} to be discarded")]
    private static partial void LogDiscard(ILogger logger, Guid messageId);

    /// <summary>A row of <see cref="OutboxLocks.Owners"/>.</summary>
    private sealed record PartitionOwner(int Partition, int Pid, string Name);
}

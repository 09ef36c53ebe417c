using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Messaging.Outbox;

/// <summary>
/// What operators see of the outbox, and what they decide: to requeue a failed message or to discard it, and to send again what was sent.
/// </summary>
public static partial class OutboxEndpoints
{
    /// <summary>Maps <c>/api/outbox</c>, for operators.</summary>
    public static void MapOutbox(this WebApplication app) => app.MapOperators("/api/outbox", outbox =>
    {
        outbox.WithTags("Outbox");
        outbox.MapGet("/", GetAsync).WithSummary("Number and age of pending and failed messages, and the relays with their partitions");
        outbox.MapGet("/messages", ListAsync).WithSummary("A page of messages, oldest first");
        outbox.MapGet("/messages/{messageId:guid}", GetMessageAsync).WithSummary("One message");
        outbox.MapPost("/messages/{messageId:guid}/requeue", RequeueAsync)
            .WithSummary("Publishes a message again, with all its attempts. The later ones of its aggregate follow")
            .ProducesProblem(StatusCodes.Status409Conflict);
        outbox.MapPost("/messages/{messageId:guid}/resend", ResendAsync)
            .WithSummary("Publishes a sent message once more, with the same id. Who has processed it drops it")
            .ProducesProblem(StatusCodes.Status409Conflict);
        outbox.MapPost("/resend", ResendRangeAsync)
            .WithSummary("Publishes once more what was sent in a range of time, for example after a consumer's database was restored");
        outbox.MapDelete("/messages/{messageId:guid}", DiscardAsync)
            .WithSummary("Discards a failed message. It is never published, and the later ones of its aggregate follow")
            .ProducesProblem(StatusCodes.Status409Conflict);
    });

    private static async Task<Ok<OutboxResponse>> GetAsync(
        [FromServices] OutboxContext outbox, TimeProvider time, CancellationToken cancellationToken)
    {
        var backlog = await OutboxBacklog.MeasureAsync(outbox, cancellationToken);
        var owners = await outbox.Db.Database.SqlQueryRaw<PartitionOwner>(OutboxLocks.Owners).ToListAsync(cancellationToken);
        var log = await LogLag.MeasureAsync(outbox, cancellationToken);
        return TypedResults.Ok(new OutboxResponse(
            backlog.Pending,
            backlog.Failed,
            backlog.OldestAge(time),
            [.. owners
                .GroupBy(owner => (owner.Name, owner.Pid))
                .Select(owned => new OutboxRelayResponse(
                    owned.Key.Name, owned.Key.Pid, [.. owned.Select(owner => owner.Partition).Order()]))
                .OrderBy(relay => relay.Name)],
            log is null ? null : new(log.Slot, log.IsActive, log.Status, log.Bytes)));
    }

    /// <param name="status">Pending, Sent or Failed. Defaults to all.</param>
    /// <param name="limit">The most messages to return. Defaults to 100.</param>
    /// <param name="after">The id of the last message of the page before.</param>
    private static async Task<Ok<IAsyncEnumerable<OutboxMessageResponse>>> ListAsync(
        [EnumDataType(typeof(OutboxMessageStatus), ErrorMessage = "This is not one of Pending, Sent, Failed.")] OutboxMessageStatus? status,
        [Range(1, 1000)] int? limit,
        Guid? after,
        [FromServices] OutboxContext outbox,
        HttpContext http,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await outbox.Messages

            // Message ids begin with the time.
            .Where(message => (after == null || message.MessageId > after) && (status == null || message.Status == status))
            .OrderBy(message => message.MessageId)
            .ToPageAsync(limit ?? 100, message => message.MessageId, OutboxMessageResponse.Of, http, cancellationToken));

    private static async Task<Results<Ok<OutboxMessageResponse>, NotFound>> GetMessageAsync(
        Guid messageId, [FromServices] OutboxContext outbox, CancellationToken cancellationToken) =>
        await outbox.Messages.AsNoTracking().SingleOrDefaultAsync(m => m.MessageId == messageId, cancellationToken) is { } message
            ? TypedResults.Ok(OutboxMessageResponse.Of(message))
            : TypedResults.NotFound();

    private static Task<Results<NoContent, NotFound, ProblemHttpResult>> RequeueAsync(
        Guid messageId, [FromServices] OutboxContext outbox, ILogger<OutboxResponse> logger, CancellationToken cancellationToken)
    {
        LogRequeue(logger, messageId);

        // By the database's clock, like every other attempt. The later ones wait until this one is sent.
        return DecideAsync(
            messageId,
            $"""
             UPDATE outbox_messages SET status = 'Pending', attempts = 0, next_attempt_at = now()
             WHERE message_id = {messageId} AND (status = 'Failed' OR (status = 'Pending' AND next_attempt_at IS NOT NULL))
             """,
            "Only a message that is failed or waits for another attempt can be requeued.",
            outbox,
            cancellationToken);
    }

    private static Task<Results<NoContent, NotFound, ProblemHttpResult>> ResendAsync(
        Guid messageId, [FromServices] OutboxContext outbox, ILogger<OutboxResponse> logger, CancellationToken cancellationToken)
    {
        LogResend(logger, messageId);
        return DecideAsync(
            messageId,
            $"""
             UPDATE outbox_messages SET status = 'Pending', attempts = 0, sent_at = NULL, next_attempt_at = now()
             WHERE message_id = {messageId} AND status = 'Sent'
             """,
            "Only a sent message can be sent again.",
            outbox,
            cancellationToken);
    }

    /// <param name="from">Messages that were sent at this time or later.</param>
    /// <param name="to">Messages that were sent before this time. Defaults to now.</param>
    private static async Task<Ok<ResendResponse>> ResendRangeAsync(
        DateTimeOffset from,
        DateTimeOffset? to,
        [FromServices] OutboxContext outbox,
        ILogger<OutboxResponse> logger,
        CancellationToken cancellationToken)
    {
        // A day may be a million rows. All of them or none: in parts, new messages of an aggregate could overtake.
        outbox.Db.Database.SetCommandTimeout(TimeSpan.Zero);

        // The first one of each aggregate holds back the others, and those that are written meanwhile. Then all follow in their order.
        var (lower, upper) = (from.UtcDateTime, to?.UtcDateTime);
        var count = await outbox.Db.Database.ExecuteSqlAsync(
            $"""
             UPDATE outbox_messages AS message
             SET status = 'Pending', attempts = 0, sent_at = NULL, next_attempt_at = CASE WHEN chosen.is_first THEN now() END
             FROM (
                 SELECT message_id, row_number() OVER (PARTITION BY aggregate_id ORDER BY id) = 1 AS is_first
                 FROM outbox_messages
                 WHERE status = 'Sent' AND sent_at >= {lower} AND ({upper}::timestamptz IS NULL OR sent_at < {upper})) AS chosen
             WHERE message.message_id = chosen.message_id AND message.status = 'Sent'
             """,
            cancellationToken);
        LogResendRange(logger, count, lower, upper);
        return TypedResults.Ok(new ResendResponse(count));
    }

    private static Task<Results<NoContent, NotFound, ProblemHttpResult>> DiscardAsync(
        Guid messageId, [FromServices] OutboxContext outbox, ILogger<OutboxResponse> logger, CancellationToken cancellationToken)
    {
        LogDiscard(logger, messageId);

        // The next message of the aggregate takes over to hold back those behind it. If all were free at once, a new one could overtake
        // those that have waited. Two statements that are sent together are one transaction.
        return DecideAsync(
            messageId,
            $"""
             UPDATE outbox_messages SET next_attempt_at = now()
             WHERE id = (
                 SELECT min(later.id) FROM outbox_messages AS later
                 JOIN (
                     SELECT aggregate_id, id FROM outbox_messages
                     WHERE message_id = {messageId} AND status = 'Failed' FOR UPDATE) AS failed
                     ON later.aggregate_id = failed.aggregate_id AND later.id > failed.id
                 WHERE later.status = 'Pending');
             DELETE FROM outbox_messages WHERE message_id = {messageId} AND status = 'Failed'
             """,
            "Only a failed message can be discarded: any other may be in flight.",
            outbox,
            cancellationToken);
    }

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> DecideAsync(
        Guid messageId, FormattableString decision, string otherwise, OutboxContext outbox, CancellationToken cancellationToken)
    {
        if (await outbox.Db.Database.ExecuteSqlAsync(decision, cancellationToken) > 0)
        {
            return TypedResults.NoContent();
        }

        if (!await outbox.Messages.AnyAsync(message => message.MessageId == messageId, cancellationToken))
        {
            return TypedResults.NotFound();
        }

        return TypedResults.Problem(otherwise, statusCode: StatusCodes.Status409Conflict);
    }

    [LoggerMessage(1, LogLevel.Information, "An operator requeues message {MessageId}")]
    private static partial void LogRequeue(ILogger logger, Guid messageId);

    [LoggerMessage(2, LogLevel.Warning, "An operator discards failed message {MessageId}")]
    private static partial void LogDiscard(ILogger logger, Guid messageId);

    [LoggerMessage(3, LogLevel.Information, "An operator sends message {MessageId} again")]
    private static partial void LogResend(ILogger logger, Guid messageId);

    [LoggerMessage(4, LogLevel.Warning, "An operator sends {Count} messages again that were sent from {From} to {To}")]
    private static partial void LogResendRange(ILogger logger, int count, DateTime from, DateTime? to);

    /// <summary>A row of <see cref="OutboxLocks.Owners"/>.</summary>
    private sealed record PartitionOwner(int Partition, int Pid, string Name);
}

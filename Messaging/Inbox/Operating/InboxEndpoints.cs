using Messaging.Inbox.Operating;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Messaging.Inbox;

/// <summary>What operators see of the inbox.</summary>
public static class InboxEndpoints
{
    /// <summary>To count the records of a whole week would take too long.</summary>
    private const int CountedAtMost = 1_000_000;

    private const int Recent = 20;

    /// <summary>By the clock of the database, which wrote the time.</summary>
    private const string LastMinute = "SELECT * FROM inbox_messages WHERE processed_at > now() - interval '1 minute'";

    /// <summary>Maps <c>/api/inbox</c> and <c>/api/dead-letters</c>, for operators.</summary>
    public static void MapInbox(this WebApplication app)
    {
        app.MapOperators("/api/inbox", inbox => inbox.WithTags("Inbox")
            .MapGet("/", GetAsync).WithSummary("Number of processed messages, how late they are, and the last ones"));
        app.MapDeadLetters();
    }

    private static async Task<Ok<InboxResponse>> GetAsync([FromServices] InboxContext inbox, CancellationToken cancellationToken)
    {
        var lastMinute = inbox.Messages.FromSqlRaw(LastMinute);
        var recent = await inbox.Messages.AsNoTracking()
            .OrderByDescending(message => message.ProcessedAt)
            .Take(Recent)
            .ToArrayAsync(cancellationToken);
        return TypedResults.Ok(new InboxResponse(
            await inbox.Messages.Take(CountedAtMost).CountAsync(cancellationToken),
            await lastMinute.CountAsync(cancellationToken),
            await inbox.DeadLetters.Take(CountedAtMost).CountAsync(cancellationToken),
            (await lastMinute.MaxAsync(message => message.ProcessedAt - message.OccurredAt, cancellationToken))?.TotalSeconds,
            Array.ConvertAll(recent, RecentMessageResponse.Of)));
    }
}

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ReceiverService.Data;
using ServiceDefaults.Api;

namespace ReceiverService.Inbox;

/// <summary>What an operator wants to know of the inbox at a glance.</summary>
internal static class InboxEndpoints
{
    /// <summary>How far it is counted: an operator does not wait for the counting of a week.</summary>
    private const int CountedAtMost = 1_000_000;

    private const int Recent = 20;

    /// <summary>By the clock that wrote the time: that of this service may be minutes off.</summary>
    private const string LastMinute = "SELECT * FROM inbox_messages WHERE processed_at > now() - interval '1 minute'";

    public static void MapInbox(this WebApplication app) =>
        app.MapOperators("/api/inbox", inbox => inbox.WithTags("Inbox")
            .MapGet("/", GetAsync).WithSummary("How much was processed, how late, and what came last"));

    private static async Task<Ok<InboxResponse>> GetAsync(ReceiverDbContext db, CancellationToken cancellationToken)
    {
        var lastMinute = db.InboxMessages.FromSqlRaw(LastMinute);
        var recent = await db.InboxMessages.AsNoTracking()
            .OrderByDescending(message => message.ProcessedAt)
            .Take(Recent)
            .ToArrayAsync(cancellationToken);
        return TypedResults.Ok(new InboxResponse(
            await db.InboxMessages.Take(CountedAtMost).CountAsync(cancellationToken),
            await lastMinute.CountAsync(cancellationToken),
            await db.DeadLetters.Take(CountedAtMost).CountAsync(cancellationToken),
            (await lastMinute.MaxAsync(message => message.ProcessedAt - message.OccurredAt, cancellationToken))?.TotalSeconds,
            Array.ConvertAll(recent, RecentMessageResponse.Of)));
    }
}

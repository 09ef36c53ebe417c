using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ReceiverService.Data;
using ServiceDefaults.Api;

namespace ReceiverService.Inbox;

/// <summary>What an operator wants to know of the inbox at a glance.</summary>
internal static class InboxEndpoints
{
    public static void MapInbox(this WebApplication app) =>
        app.MapOperators("/api/inbox", inbox => inbox.WithTags("Inbox")
            .MapGet("/", GetAsync).WithSummary("How much was processed, how late, and what came last"));

    private static async Task<Ok<InboxResponse>> GetAsync(ReceiverDbContext db, CancellationToken cancellationToken) =>
        TypedResults.Ok(new InboxResponse(
            await db.InboxMessages.CountAsync(cancellationToken), await db.DeadLetters.CountAsync(cancellationToken)));
}

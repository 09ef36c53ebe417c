using System.ComponentModel.DataAnnotations;
using Messaging.Outbox.Writing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SenderService.Data;
using SenderService.Idempotency;
using ServiceDefaults.Api;

namespace SenderService.EntityItems;

/// <summary>
/// The REST API of entities. Each change is the first half of the pattern in three lines: change the entity, add its outbox message, save
/// both in one transaction.
/// </summary>
internal static class EntityItemEndpoints
{
    private const string Path = "/api/EntityItems";

    public static void MapEntityItems(this IEndpointRouteBuilder app)
    {
        var items = app.MapGroup(Path).WithTags("EntityItems");
        items.MapPost("/", CreateAsync).WithSummary("Creates an entity and, in the same transaction, its outbox message")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        items.MapGet("/", ListAsync).WithSummary("All entities, newest first, or a page of them");
        items.MapGet("/{id:guid}", GetAsync).WithSummary("One entity")
            .Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        items.MapPut("/{id:guid}", UpdateAsync).WithSummary("Replaces an entity")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        items.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Deletes an entity")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    /// <param name="request">The entity.</param>
    /// <param name="idempotencyKey">A repeated request with the same key gets the response of the first one, and creates nothing.</param>
    private static async Task<Results<Created<EntityItemResponse>, ValidationProblem, ProblemHttpResult>> CreateAsync(
        EntityItemRequest request,
        [FromHeader(Name = "Idempotency-Key"), StringLength(
            IdempotencyKey.MaxLength, MinimumLength = 1, ErrorMessage = "The key has 1 to 200 characters.")] string? idempotencyKey,
        SenderDbContext db,
        OutboxWriter outbox,
        IdempotencyStore idempotency,
        TimeProvider time,
        HttpContext http,
        CancellationToken cancellationToken)
    {
        var now = time.GetStorableUtcNow();
        var item = new EntityItem
        {
            Id = Guid.CreateVersion7(now),
            Name = request.Name!,
            Value = request.Value!.Value,
            CreatedAt = now,
            UpdatedAt = now,
        };

        db.EntityItems.Add(item);
        outbox.Add(item.Id, item.Version, new EntityItemCreated(item.Id, item.Name, item.Value, item.CreatedAt, item.UpdatedAt));
        var created = await idempotency.SaveOnceAsync(idempotencyKey, request, EntityItemResponse.Of(item), cancellationToken);
        if (created is null)
        {
            return TypedResults.Problem(
                "This Idempotency-Key was used for another request: use a new key for a new entity.",
                statusCode: StatusCodes.Status422UnprocessableEntity);
        }

        Preconditions.SetETag(http.Response, created.Version);
        return TypedResults.Created($"{Path}/{created.Id}", created);
    }

    /// <param name="limit">The most entities to return. Without it: all, as a stream.</param>
    /// <param name="after">The id of the last entity of the page before.</param>
    private static async Task<Ok<IAsyncEnumerable<EntityItemResponse>>> ListAsync(
        [Range(1, 1000)] int? limit, Guid? after, SenderDbContext db, HttpContext http, CancellationToken cancellationToken) =>

        // Ids are UUIDs of version 7: their order is the order of creation.
        TypedResults.Ok(await db.EntityItems
            .Where(item => after == null || item.Id < after)
            .OrderByDescending(item => item.Id)
            .ToPageAsync(limit, item => item.Id, EntityItemResponse.Of, http, cancellationToken));

    /// <param name="id">The entity.</param>
    /// <param name="conditions">The version that the caller knows.</param>
    private static async Task<Results<Ok<EntityItemResponse>, StatusCodeHttpResult, NotFound, ProblemHttpResult>> GetAsync(
        Guid id, [AsParameters] Preconditions conditions, SenderDbContext db, HttpContext http, CancellationToken cancellationToken)
    {
        var item = await db.EntityItems.AsNoTracking().SingleOrDefaultAsync(item => item.Id == id, cancellationToken);
        return conditions.Read(item is null ? null : EntityItemResponse.Of(item), item?.Version, http.Response);
    }

    /// <param name="id">The entity.</param>
    /// <param name="request">Its new name and value.</param>
    /// <param name="conditions">The version to change.</param>
    private static async Task<Results<Ok<EntityItemResponse>, NotFound, ValidationProblem, ProblemHttpResult>> UpdateAsync(
        Guid id,
        EntityItemRequest request,
        [AsParameters] Preconditions conditions,
        SenderDbContext db,
        OutboxWriter outbox,
        TimeProvider time,
        HttpContext http,
        CancellationToken cancellationToken)
    {
        var item = await db.EntityItems.SingleOrDefaultAsync(item => item.Id == id, cancellationToken);
        if (!conditions.AllowChange(item?.Version))
        {
            return Preconditions.Failed();
        }

        if (item is null)
        {
            return TypedResults.NotFound();
        }

        item.Name = request.Name!;
        item.Value = request.Value!.Value;
        item.UpdatedAt = time.GetStorableUtcNow();
        item.Version++;
        outbox.Add(item.Id, item.Version, new EntityItemUpdated(item.Id, item.Name, item.Value, item.CreatedAt, item.UpdatedAt));
        if (!await TrySaveAsync(db, cancellationToken))
        {
            return conditions.LostRace();
        }

        Preconditions.SetETag(http.Response, item.Version);
        return TypedResults.Ok(EntityItemResponse.Of(item));
    }

    /// <param name="id">The entity.</param>
    /// <param name="conditions">The version to delete.</param>
    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> DeleteAsync(
        Guid id,
        [AsParameters] Preconditions conditions,
        SenderDbContext db,
        OutboxWriter outbox,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var item = await db.EntityItems.SingleOrDefaultAsync(item => item.Id == id, cancellationToken);
        if (!conditions.AllowChange(item?.Version))
        {
            return Preconditions.Failed();
        }

        if (item is null)
        {
            return TypedResults.NotFound();
        }

        db.EntityItems.Remove(item);
        outbox.Add(item.Id, item.Version + 1, new EntityItemDeleted(item.Id, time.GetStorableUtcNow()));
        return await TrySaveAsync(db, cancellationToken) ? TypedResults.NoContent() : conditions.LostRace();
    }

    /// <returns>False if somebody else has changed the entity since it was read. Then nothing is saved.</returns>
    private static async Task<bool> TrySaveAsync(SenderDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }
}

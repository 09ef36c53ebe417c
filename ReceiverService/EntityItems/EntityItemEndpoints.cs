using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ReceiverService.Data;
using ServiceDefaults.Api;

namespace ReceiverService.EntityItems;

/// <summary>The REST API of the projection. It only reads: events change the projection.</summary>
internal static class EntityItemEndpoints
{
    private const string Path = "/api/EntityItems";

    public static void MapEntityItems(this IEndpointRouteBuilder app)
    {
        var items = app.MapGroup(Path).WithTags("EntityItems");
        items.MapGet("/", ListAsync).WithSummary("All entities that arrived, newest first, or a page of them");
        items.MapGet("/{id:guid}", GetAsync).WithSummary("One entity")
            .Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    /// <param name="limit">The most entities to return. Without it: all, as a stream.</param>
    /// <param name="after">The id of the last entity of the page before.</param>
    private static async Task<Ok<IAsyncEnumerable<EntityItemResponse>>> ListAsync(
        [Range(1, 1000)] int? limit, Guid? after, ReceiverDbContext db, HttpContext http, CancellationToken cancellationToken) =>
        TypedResults.Ok(await db.EntityItems
            .Where(item => !item.IsDeleted && (after == null || item.Id < after))
            .OrderByDescending(item => item.Id)
            .ToPageAsync(limit, item => item.Id, EntityItemResponse.Of, http, cancellationToken));

    /// <param name="id">The entity.</param>
    /// <param name="conditions">The version that the caller knows.</param>
    private static async Task<Results<Ok<EntityItemResponse>, StatusCodeHttpResult, NotFound, ProblemHttpResult>> GetAsync(
        Guid id, [AsParameters] Preconditions conditions, ReceiverDbContext db, HttpContext http, CancellationToken cancellationToken)
    {
        var item = await db.EntityItems.AsNoTracking().SingleOrDefaultAsync(item => item.Id == id && !item.IsDeleted, cancellationToken);
        return conditions.Read(item is null ? null : EntityItemResponse.Of(item), item?.Version, http.Response);
    }
}

namespace Peers;

/// <summary>A peer's outbox: what the endpoints need of it.</summary>
internal interface IPeerOutbox
{
    PeerDbContext Db { get; }

    /// <summary>Adds an event to the unit of work.</summary>
    ValueTask AddAsync(EntityItemChanged change);

    /// <summary>Commits the unit of work.</summary>
    Task SaveAsync(CancellationToken cancellationToken);
}

/// <summary>The API that the benchmarks drive. It is the same for all peers, and for the service.</summary>
internal static class EntityEndpoints
{
    public const string Path = "/api/EntityItems";

    public static void MapEntities(this WebApplication app)
    {
        app.MapPost(Path, async (EntityItemRequest request, IPeerOutbox outbox, CancellationToken cancellationToken) =>
        {
            var item = Create(request);
            outbox.Db.EntityItems.Add(item);
            await outbox.AddAsync(EntityItemChanged.Of(item));
            await outbox.SaveAsync(cancellationToken);
            return Results.Created($"{Path}/{item.Id}", item);
        });
        app.MapPut(Path + "/{id:guid}", async (
            Guid id, EntityItemRequest request, IPeerOutbox outbox, CancellationToken cancellationToken) =>
        {
            if (await outbox.Db.EntityItems.FindAsync([id], cancellationToken) is not { } item)
            {
                return Results.NotFound();
            }

            item.Name = request.Name;
            item.Value = request.Value;
            item.UpdatedAt = TimeProvider.System.GetUtcNow();
            item.Version++;
            await outbox.AddAsync(EntityItemChanged.Of(item));
            await outbox.SaveAsync(cancellationToken);
            return Results.Ok(item);
        });
    }

    public static EntityItem Create(EntityItemRequest request)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new EntityItem
        {
            Id = Guid.CreateVersion7(now),
            Name = request.Name,
            Value = request.Value,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }
}

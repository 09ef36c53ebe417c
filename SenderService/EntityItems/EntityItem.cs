namespace SenderService.EntityItems;

/// <summary>The entity of this service. Each change increments its version, and is published as one event.</summary>
internal sealed class EntityItem
{
    public const int MaxNameLength = 200;
    public const string MinValue = "-1000000000";
    public const string MaxValue = "1000000000";

    public required Guid Id { get; init; }

    public required string Name { get; set; }

    public required decimal Value { get; set; }

    /// <summary>
    /// 1 when created. The concurrency token: one of two concurrent changes fails, so the events have the order of the commits.
    /// </summary>
    public long Version { get; set; } = 1;

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }
}

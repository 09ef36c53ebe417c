namespace ReceiverService.EntityItems;

// This service's own reading of the events: it shares no code with the sender, only the examples in tests/Contracts.
// Properties that it does not know are ignored, so that the sender may add some.

internal sealed record EntityItemCreated
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required decimal Value { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

internal sealed record EntityItemUpdated
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required decimal Value { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

internal sealed record EntityItemDeleted
{
    public required Guid Id { get; init; }

    public required DateTimeOffset DeletedAt { get; init; }
}

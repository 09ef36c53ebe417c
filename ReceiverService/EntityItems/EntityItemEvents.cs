namespace ReceiverService.EntityItems;

// The events as this service reads them. It shares no code with the sender, only the examples in tests/Contracts.
// It ignores properties that it does not know, so the sender may add some.

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

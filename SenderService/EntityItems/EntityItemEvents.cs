namespace SenderService.EntityItems;

// What goes over the wire: the name of the record is the event's type, its properties are the body (tests/Contracts holds examples).
// Each event carries the whole state, so that a receiver needs no other event to apply it.

internal sealed record EntityItemCreated(Guid Id, string Name, decimal Value, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

internal sealed record EntityItemUpdated(Guid Id, string Name, decimal Value, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

internal sealed record EntityItemDeleted(Guid Id, DateTimeOffset DeletedAt);

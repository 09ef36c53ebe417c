namespace SenderService.EntityItems;

// The events on the wire. The name of a record is the type of the event, and its properties are the body (tests/Contracts has examples).
// Each event has the whole state, so a receiver needs no other event to apply it.

internal sealed record EntityItemCreated(Guid Id, string Name, decimal Value, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

internal sealed record EntityItemUpdated(Guid Id, string Name, decimal Value, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

internal sealed record EntityItemDeleted(Guid Id, DateTimeOffset DeletedAt);

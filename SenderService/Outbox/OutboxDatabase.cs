namespace SenderService.Outbox;

/// <summary>Where the outbox is; the relay has sessions of its own there, beside those of the DbContext.</summary>
internal sealed record OutboxDatabase(string ConnectionString);

namespace SenderService.Idempotency;

/// <summary>A completed POST: its key, its request and its response.</summary>
internal sealed class IdempotencyKey
{
    public const int MaxLength = 200;

    public required string Key { get; init; }

    /// <summary>SHA-256 of the request as JSON.</summary>
    public required byte[] RequestHash { get; init; }

    /// <summary>The body of the response, JSON.</summary>
    public required string Response { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

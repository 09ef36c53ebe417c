using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SenderService.Data;
using SenderService.EntityItems;

namespace SenderService.Idempotency;

/// <summary>
/// Saves the changes of a POST together with its Idempotency-Key and its response. A caller that never saw the response, because one of
/// both crashed, sends the same key again and gets the same response.
/// </summary>
internal sealed class IdempotencyStore(SenderDbContext db, TimeProvider time)
{
    /// <summary>Saves the context's changes, unless <paramref name="key"/> was used before.</summary>
    /// <returns><paramref name="response"/>, or the stored response of an equal request. Null if the key belongs to another
    /// request.</returns>
    public async Task<TResponse?> SaveOnceAsync<TRequest, TResponse>(
        string? key, TRequest request, TResponse response, CancellationToken cancellationToken)
        where TResponse : class
    {
        if (key is null)
        {
            await db.SaveChangesAsync(cancellationToken);
            return response;
        }

        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, JsonSerializerOptions.Web));
        if (await FindAsync(key, cancellationToken) is { } earlier)
        {
            return ResponseOf<TResponse>(earlier, hash);
        }

        db.IdempotencyKeys.Add(new IdempotencyKey
        {
            Key = key,
            RequestHash = hash,
            Response = JsonSerializer.Serialize(response, JsonSerializerOptions.Web),
            CreatedAt = time.GetStorableUtcNow(),
        });

        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return response;
        }
        catch (DbUpdateException exception)
            when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // The same request was faster. Its transaction is committed, or the insert above would still wait for it.
            if (await FindAsync(key, cancellationToken) is { } winner)
            {
                return ResponseOf<TResponse>(winner, hash);
            }

            throw;
        }
    }

    private Task<IdempotencyKey?> FindAsync(string key, CancellationToken cancellationToken) =>
        db.IdempotencyKeys.AsNoTracking().SingleOrDefaultAsync(stored => stored.Key == key, cancellationToken);

    private static TResponse? ResponseOf<TResponse>(IdempotencyKey stored, byte[] hash)
        where TResponse : class =>
        hash.AsSpan().SequenceEqual(stored.RequestHash)
            ? JsonSerializer.Deserialize<TResponse>(stored.Response, JsonSerializerOptions.Web)
            : null;
}

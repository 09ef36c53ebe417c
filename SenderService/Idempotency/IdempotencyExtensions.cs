using SenderService.Data;
using ServiceDefaults.Data;

namespace SenderService.Idempotency;

internal static class IdempotencyExtensions
{
    /// <summary>Makes a repeated POST harmless. Keys are kept for a day, far longer than a caller retries.</summary>
    public static void AddIdempotency(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<IdempotencyStore>();
        builder.AddRetention<SenderDbContext>(new(
            "idempotency_keys", "created_at", "true", "Idempotency:Retention", DefaultPeriod: TimeSpan.FromHours(24)));
    }
}

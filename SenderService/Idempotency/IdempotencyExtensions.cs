using SenderService.Data;
using ServiceDefaults.Data;

namespace SenderService.Idempotency;

internal static class IdempotencyExtensions
{
    /// <summary>Registers what makes a repeated POST harmless; keys are kept for a day, far longer than a caller retries.</summary>
    public static void AddIdempotency(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<IdempotencyStore>();
        builder.AddRetention<SenderDbContext>(
            new BoundedDelete("idempotency_keys", "created_at"), "Idempotency:Retention", TimeSpan.FromHours(24));
    }
}

using ServiceDefaults.Resilience;

namespace ServiceDefaults.Health;

public static class ProgressHealthCheckExtensions
{
    /// <summary>
    /// Adds a check that is degraded when a background service makes no progress. Degraded, not unhealthy: the service still takes
    /// requests, and catches up later.
    /// </summary>
    public static void AddProgressCheck<TService>(this WebApplicationBuilder builder, string name)
        where TService : ResilientService =>
        builder.Services.AddHealthChecks().AddCheck<ProgressHealthCheck<TService>>(name, HealthStatus.Degraded);
}

/// <summary>Tells whether a background service makes progress.</summary>
internal sealed class ProgressHealthCheck<TService>(TService service) : IHealthCheck
    where TService : ResilientService
{
    /// <summary>Longer than a reconnect takes, or a large batch.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(10);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(service.StuckFor is var stuck && stuck <= LongestStop
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(
                context.Registration.FailureStatus,
                $"No progress for {stuck.TotalSeconds:0} s: {service.Interruption ?? "the broker or the database does not answer."}"));
}

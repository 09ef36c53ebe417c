using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Messaging.Amqp;

internal sealed class AmqpHealthCheck(AmqpConnection connection) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(connection.IsOpen
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, connection.LastFailure ?? "Not connected to the broker yet."));
}

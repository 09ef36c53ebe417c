using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Processes.Health;

/// <summary>Healthy if an HTTP endpoint answers with the status that is expected.</summary>
internal sealed class HttpEndpointHealthCheck(Func<EndpointReference> endpoint, string path, int expectedStatus) : IHealthCheck
{
    // A connection for each check: one that is kept would outlive the process that it asks.
    // No proxy either: what it asks is on this machine.
    private static readonly HttpClient Client =
        new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, AllowAutoRedirect = false, UseProxy = false })
        {
            Timeout = TimeSpan.FromSeconds(5),
        };

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var url = new Uri(new Uri(endpoint().Url), path);
            using var response = await Client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode == expectedStatus
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"{path} answers {(int)response.StatusCode}, not {expectedStatus}.");
        }
        catch (HttpRequestException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"No answer within {Client.Timeout.TotalSeconds:0} s.");
        }
    }
}

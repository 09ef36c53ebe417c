using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDefaults.Health;

/// <summary><c>/health</c>: ready for work, as far as the databases go; <c>/alive</c>: the process answers.</summary>
internal static class HealthExtensions
{
    private const string Alive = "alive";
    private const string HealthPath = "/health";
    private const string AlivePath = "/alive";

    /// <summary>Whether somebody who watches the service asks how it is.</summary>
    public static bool IsProbe(HttpRequest request) =>
        request.Path.StartsWithSegments(HealthPath, StringComparison.OrdinalIgnoreCase)
        || request.Path.StartsWithSegments(AlivePath, StringComparison.OrdinalIgnoreCase);

    public static void AddHealth(this WebApplicationBuilder builder) =>
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Alive]);

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks(HealthPath, new HealthCheckOptions { ResponseWriter = HealthReportWriter.WriteAsync }).DisableHttpMetrics();
        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(Alive) }).DisableHttpMetrics();
    }
}

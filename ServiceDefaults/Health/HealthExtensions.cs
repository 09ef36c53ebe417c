using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace ServiceDefaults.Health;

/// <summary><c>/health</c>: the service can work. <c>/alive</c>: the process answers.</summary>
internal static class HealthExtensions
{
    private const string Alive = "alive";
    private const string HealthPath = "/health";
    private const string AlivePath = "/alive";

    /// <summary>True for a request that only asks how the service is.</summary>
    public static bool IsProbe(HttpRequest request) =>
        request.Path.StartsWithSegments(HealthPath, StringComparison.OrdinalIgnoreCase)
        || request.Path.StartsWithSegments(AlivePath, StringComparison.OrdinalIgnoreCase);

    public static void AddHealth(this WebApplicationBuilder builder) =>
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Alive]);

    public static void MapHealth(this WebApplication app)
    {
        var writer = new HealthReportWriter(app.Environment.IsDevelopment());
        app.MapHealthChecks(HealthPath, new HealthCheckOptions { ResponseWriter = writer.WriteAsync }).DisableHttpMetrics();
        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(Alive) }).DisableHttpMetrics();
    }
}

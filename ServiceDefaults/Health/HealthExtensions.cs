using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDefaults.Health;

/// <summary><c>/health</c>: ready for work, as far as the databases go; <c>/alive</c>: the process answers.</summary>
internal static class HealthExtensions
{
    private const string Alive = "alive";

    public static void AddHealth(this WebApplicationBuilder builder) =>
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Alive]);

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = HealthReportWriter.WriteAsync }).DisableHttpMetrics();
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Alive) }).DisableHttpMetrics();
    }

    /// <summary>Keeps the probes, one every few seconds, out of the traces.</summary>
    public static void UseUntracedProbes(this WebApplication app) =>
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/health") || context.Request.Path.StartsWithSegments("/alive"))
            {
                var probe = context.Features.Get<IHttpActivityFeature>()?.Activity;
                if (probe is not null)
                {
                    probe.IsAllDataRequested = false;
                    probe.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
                }
            }

            return next(context);
        });
}

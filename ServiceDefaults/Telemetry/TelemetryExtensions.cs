using OpenTelemetry;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ServiceDefaults.Health;

namespace ServiceDefaults.Telemetry;

/// <summary>
/// Traces, metrics and logs, sent by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set (the AppHost sets it). Npgsql's are registered
/// by Aspire's <c>AddNpgsqlDbContext</c>, and only there: see <see cref="Data.DatabaseExtensions"/>. Ours are named after the service.
/// </summary>
internal static class TelemetryExtensions
{
    private const string Route = "http.route";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (!builder.Configuration.ExportsTelemetry())
        {
            // Spans and measurements that nobody receives cost as much as those that somebody receives.
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var own = $"{builder.Environment.ApplicationName}.*";
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing
                .AddSource(own)
                .AddAspNetCoreInstrumentation(Configure)
                .AddHttpClientInstrumentation())
            .WithMetrics(metrics => metrics
                .AddMeter(own)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation())
            .UseOtlpExporter();
    }

    /// <summary>Whether somebody receives the telemetry.</summary>
    public static bool ExportsTelemetry(this IConfiguration configuration) =>
        !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    private static void Configure(AspNetCoreTraceInstrumentationOptions requests)
    {
        // A probe comes every few seconds. Its spans would hide the others.
        requests.Filter = context => !HealthExtensions.IsProbe(context.Request);

        // ASP.NET Core ends the route of a group's own endpoint with a slash, which callers do not send.
        requests.EnrichWithHttpResponse = (span, _) =>
        {
            if (span.GetTagItem(Route) is string { Length: > 1 } route)
            {
                span.SetTag(Route, route.TrimEnd('/'));
                span.DisplayName = span.DisplayName.TrimEnd('/');
            }
        };
    }
}

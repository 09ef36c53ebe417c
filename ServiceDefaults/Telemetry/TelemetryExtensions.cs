using OpenTelemetry;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ServiceDefaults.Health;

namespace ServiceDefaults.Telemetry;

/// <summary>
/// Traces, metrics and logs, sent by OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set (the AppHost sets it). <see
/// cref="Data.DatabaseExtensions"/> adds those of Npgsql. Outbox and inbox add their own.
/// </summary>
internal static class TelemetryExtensions
{
    private const string Route = "http.route";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (!builder.Configuration.ExportsTelemetry())
        {
            // Nobody would receive it, and it would cost as much.
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing
                .AddAspNetCoreInstrumentation(Configure)
                .AddHttpClientInstrumentation())
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation())
            .UseOtlpExporter();
    }

    /// <summary>True if somebody receives the telemetry.</summary>
    public static bool ExportsTelemetry(this IConfiguration configuration) =>
        !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    private static void Configure(AspNetCoreTraceInstrumentationOptions requests)
    {
        // A probe comes every few seconds, and a page of Swagger is a dozen files. Their spans would hide the others.
        requests.Filter = context =>
            !HealthExtensions.IsProbe(context.Request) && !context.Request.Path.StartsWithSegments("/swagger", StringComparison.Ordinal);

        // The route of an endpoint at the root of a group ends with a slash, which callers do not send.
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

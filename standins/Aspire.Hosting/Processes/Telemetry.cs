using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Processes;

/// <summary>Tells a project where its telemetry goes, by the variables that OpenTelemetry defines.</summary>
internal static class Telemetry
{
    public static void AddTo(Dictionary<string, string> variables, IResource resource, OtlpTarget? target, bool isDevelopment)
    {
        variables["OTEL_SERVICE_NAME"] = resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={(resource as ProjectResource)?.InstanceId ?? resource.Name}";
        if (target is null)
        {
            return;
        }

        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = target.Endpoint.ToString().TrimEnd('/');
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        if (target.ApiKey is not null)
        {
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={target.ApiKey}";
        }

        if (isDevelopment)
        {
            // Whoever watches the dashboard wants to see at once, and everything.
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        }
    }
}

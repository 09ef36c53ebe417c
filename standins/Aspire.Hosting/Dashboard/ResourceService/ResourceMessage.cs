using Aspire.Hosting.ApplicationModel;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>A resource as the dashboard wants to hear of it.</summary>
internal static class ResourceMessage
{
    /// <summary>When a resource was created that does not say so: when it was first asked for.</summary>
    private static readonly DateTime CreatedHere = TimeProvider.System.GetUtcNow().UtcDateTime;

    public static Proto.Resource From(ResourceEvent resourceEvent)
    {
        var snapshot = resourceEvent.Snapshot;
        var message = new Proto.Resource
        {
            Name = DashboardName.Of(resourceEvent.Resource),
            Uid = DashboardName.Of(resourceEvent.Resource),
            DisplayName = resourceEvent.Resource.Name,
            ResourceType = snapshot.ResourceType,
            CreatedAt = ToTimestamp(snapshot.CreationTimeStamp ?? CreatedHere),
            StartedAt = ToTimestamp(snapshot.StartTimeStamp),
            StoppedAt = ToTimestamp(snapshot.StopTimeStamp),
            IsHidden = snapshot.IsHidden,
            // Projects are what sends telemetry here: they get links to their logs, traces and metrics.
            SupportsDetailedTelemetry = resourceEvent.Resource is ProjectResource,
        };

        // Optional fields of a message may be absent, but not null.
        if (snapshot.State is { } state)
        {
            message.State = state.Text;
            if (state.Style is { } style)
            {
                message.StateStyle = style;
            }
        }

        if (snapshot.IconName is { } iconName)
        {
            message.IconName = iconName;
        }

        message.Environment.AddRange(snapshot.EnvironmentVariables.Select(From));
        message.Urls.AddRange(snapshot.Urls.Select(From));
        message.Volumes.AddRange(snapshot.Volumes.Select(From));
        message.Relationships.AddRange(snapshot.Relationships.Select(From));
        message.HealthReports.AddRange(snapshot.HealthReports.Select(From));
        message.Commands.AddRange(snapshot.Commands.Select(CommandMessage.From));
        message.Properties.AddRange(PropertyMessages.From(resourceEvent));
        return message;
    }

    /// <summary>
    /// In clear, secrets included: the dashboard, which opens only to who has its token, masks every value until it is asked to show it.
    /// </summary>
    private static Proto.EnvironmentVariable From(EnvironmentVariableSnapshot variable) =>
        new() { Name = variable.Name, Value = variable.Value ?? "", IsFromSpec = variable.IsFromSpec };

    private static Proto.Url From(UrlSnapshot url)
    {
        var message = new Proto.Url
        {
            FullUrl = url.Url,
            IsInternal = url.IsInternal,
            IsInactive = url.IsInactive,
            DisplayProperties = new() { DisplayName = url.DisplayProperties.DisplayName, SortOrder = url.DisplayProperties.SortOrder },
        };

        if (url.Name is { } endpointName)
        {
            message.EndpointName = endpointName;
        }

        return message;
    }

    private static Proto.Volume From(VolumeSnapshot volume) =>
        new() { Source = volume.Source ?? "", Target = volume.Target, MountType = volume.MountType, IsReadOnly = volume.IsReadOnly };

    private static Proto.ResourceRelationship From(RelationshipSnapshot relationship) =>
        new() { ResourceName = relationship.ResourceName, Type = relationship.Type };

    private static Proto.HealthReport From(HealthReportSnapshot report)
    {
        var message = new Proto.HealthReport
        {
            Key = report.Name,
            Description = report.Description ?? "",
            Exception = report.ExceptionText ?? "",
            LastRunAt = ToTimestamp(report.LastRunAt),
        };

        if (report.Status is { } status)
        {
            message.Status = status switch
            {
                HealthStatus.Healthy => Proto.HealthStatus.Healthy,
                HealthStatus.Degraded => Proto.HealthStatus.Degraded,
                _ => Proto.HealthStatus.Unhealthy,
            };
        }

        return message;
    }

    private static Timestamp? ToTimestamp(DateTime? time) => time is { } known ? Timestamp.FromDateTime(known.ToUniversalTime()) : null;
}

using System.Collections;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Google.Protobuf.WellKnownTypes;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>The properties in the details of a resource: those that every resource has, then its own.</summary>
internal static class PropertyMessages
{
    public static IEnumerable<Proto.ResourceProperty> From(ResourceEvent resourceEvent)
    {
        var snapshot = resourceEvent.Snapshot;
        var ofEveryResource = new (string Name, object? Value)[]
        {
            ("resource.uid", DashboardName.Of(resourceEvent.Resource)),
            ("resource.name", DashboardName.Of(resourceEvent.Resource)),
            ("resource.displayName", resourceEvent.Resource.Name),
            ("resource.type", snapshot.ResourceType),
            ("resource.state", snapshot.State?.Text),
            ("resource.exitCode", snapshot.ExitCode),
            ("resource.createTime", snapshot.CreationTimeStamp),
            ("resource.startTime", snapshot.StartTimeStamp),
            ("resource.stopTime", snapshot.StopTimeStamp),
            // By this the dashboard shows a database under its server.
            ("resource.parentName", (resourceEvent.Resource as IResourceWithParent)?.Parent is { } parent ? DashboardName.Of(parent) : null),
            ("resource.healthState", snapshot.HealthStatus?.ToString()),
        };

        // One of each name: the dashboard keeps them in a dictionary.
        var own = snapshot.Properties.Select(property => property.Name).ToHashSet();
        return ofEveryResource
            .Where(property => property.Value is not null && !own.Contains(property.Name))
            .Select(property => From(property.Name, property.Value, isSensitive: false))
            .Concat(snapshot.Properties.Select(property => From(property.Name, property.Value, property.IsSensitive)));
    }

    private static Proto.ResourceProperty From(string name, object? value, bool isSensitive) =>
        new() { Name = name, Value = ToValue(value), IsSensitive = isSensitive };

    private static Value ToValue(object? value) => value switch
    {
        null => Value.ForNull(),
        string text => Value.ForString(text),
        bool flag => Value.ForBool(flag),
        // As text and in full: as a number 4194304 could be shown as 4.194304E+06.
        DateTime time => Value.ForString(time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)),
        IEnumerable list => Value.ForList([.. list.Cast<object?>().Select(ToValue)]),
        IFormattable formattable => Value.ForString(formattable.ToString(null, CultureInfo.InvariantCulture)),
        _ => Value.ForString(value.ToString() ?? ""),
    };
}

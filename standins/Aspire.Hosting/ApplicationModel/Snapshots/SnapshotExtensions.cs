using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

internal static class SnapshotExtensions
{
    /// <summary>The properties with this one set, in the place of the one of that name; removed if the value is null.</summary>
    public static ImmutableArray<ResourcePropertySnapshot> With(
        this ImmutableArray<ResourcePropertySnapshot> properties, string name, object? value, bool isSensitive = false)
    {
        var others = properties.RemoveAll(property => property.Name == name);
        return value is null ? others : others.Add(new ResourcePropertySnapshot(name, value) { IsSensitive = isSensitive });
    }

    public static bool IsIn(this CustomResourceSnapshot snapshot, IEnumerable<string> states) =>
        snapshot.State is { } state && states.Contains(state.Text, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether all checks succeed, and what follows that (such as the creation of databases) is done.</summary>
    public static bool IsHealthyAndReady(this CustomResourceSnapshot snapshot) => snapshot is { HealthStatus: HealthStatus.Healthy, IsReady: true };
}

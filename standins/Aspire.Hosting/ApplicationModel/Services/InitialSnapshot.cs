namespace Aspire.Hosting.ApplicationModel;

/// <summary>What is known of a resource before anything has happened to it.</summary>
internal static class InitialSnapshot
{
    public static CustomResourceSnapshot Of(IResource resource) =>
        resource.Annotations.OfType<ResourceSnapshotAnnotation>().LastOrDefault()?.InitialSnapshot
        ?? new CustomResourceSnapshot
        {
            ResourceType = TypeOf(resource),
            Properties = [],
            Relationships = [.. RelationshipsOf(resource)],
        };

    private static string TypeOf(IResource resource) => resource switch
    {
        ProjectResource => "Project",
        ContainerResource => "Container",
        ExecutableResource => "Executable",
        ParameterResource => "Parameter",
        ConnectionStringResource => "ConnectionString",
        _ => resource.GetType().Name,
    };

    private static IEnumerable<RelationshipSnapshot> RelationshipsOf(IResource resource)
    {
        var relationships = resource.Annotations
            .OfType<ResourceRelationshipAnnotation>()
            .Select(relationship => new RelationshipSnapshot(relationship.Resource.Name, relationship.Type));
        return resource is IResourceWithParent child
            ? relationships.Prepend(new RelationshipSnapshot(child.Parent.Name, KnownRelationships.Parent)).Distinct()
            : relationships.Distinct();
    }
}

internal static class KnownRelationships
{
    public const string Parent = "Parent";
    public const string Reference = "Reference";
    public const string WaitFor = "WaitFor";
}

namespace Aspire.Hosting.ApplicationModel;

internal static class Lifetime
{
    /// <summary>Whether the resource starts and stops; a value that is given is simply there.</summary>
    public static bool HasLifetime(this IResource resource) =>
        resource is not (IResourceWithoutLifetime or ParameterResource or ConnectionStringResource);
}

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the application: a project, a container, a parameter, or what belongs to one of them.</summary>
public interface IResource
{
    /// <summary>The name, unique in the application.</summary>
    string Name { get; }

    /// <summary>Everything that has been said about the resource.</summary>
    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>One statement about a resource, as an object.</summary>
public interface IResourceAnnotation;

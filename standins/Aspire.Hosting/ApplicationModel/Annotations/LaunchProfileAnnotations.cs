namespace Aspire.Hosting.ApplicationModel;

/// <summary>The launch profile that a project runs with.</summary>
public sealed class LaunchProfileAnnotation(string launchProfileName) : IResourceAnnotation
{
    public string LaunchProfileName { get; } = launchProfileName;
}

/// <summary>The project runs without its launch profile.</summary>
public sealed class ExcludeLaunchProfileAnnotation : IResourceAnnotation;

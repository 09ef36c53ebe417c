namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a resource waits for before it starts.</summary>
public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;

    public WaitType WaitType { get; } = waitType;

    /// <summary>The exit code that counts as completion.</summary>
    public int ExitCode { get; } = exitCode;

    public WaitBehavior? WaitBehavior { get; init; }
}

public enum WaitType
{
    WaitUntilHealthy = 0,
    WaitForCompletion = 1,
    WaitUntilStarted = 2,
}

/// <summary>What a wait does when the resource that it waits for ends.</summary>
public enum WaitBehavior
{
    /// <summary>Goes on waiting: somebody may start it again.</summary>
    WaitOnResourceUnavailable = 0,

    /// <summary>Fails.</summary>
    StopOnResourceUnavailable = 1,
}

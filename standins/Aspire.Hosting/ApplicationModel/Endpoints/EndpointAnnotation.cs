using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint on which a resource listens.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private readonly TaskCompletionSource<AllocatedEndpoint> _allocation = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool? isProxied = null)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? protocol.ToString().ToLowerInvariant();
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : protocol.ToString().ToLowerInvariant());
        Name = name ?? UriScheme;
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied ?? true;
    }

    public string Name { get; set; }

    public ProtocolType Protocol { get; set; }

    public string UriScheme { get; set; }

    public string Transport { get; set; }

    /// <summary>The port that others use; null leaves the choice to the engine.</summary>
    public int? Port { get; set; }

    /// <summary>The port on which the process listens inside of its container.</summary>
    public int? TargetPort { get; set; }

    public string TargetHost { get; set; } = KnownHostNames.Localhost;

    public bool IsExternal { get; set; }

    public bool IsProxied { get; set; }

    /// <summary>The address that was given to the endpoint; null until then.</summary>
    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => _allocation.Task.IsCompletedSuccessfully ? _allocation.Task.Result : null;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _allocation.TrySetResult(value);
        }
    }

    /// <summary>The environment variable that gets the port, if the resource asked for one.</summary>
    internal string? PortEnvironmentVariable { get; init; }

    internal Task<AllocatedEndpoint> WhenAllocatedAsync(CancellationToken cancellationToken) => _allocation.Task.WaitAsync(cancellationToken);
}

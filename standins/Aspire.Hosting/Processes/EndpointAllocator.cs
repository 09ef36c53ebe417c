using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Ports;
using Aspire.Hosting.Processes.Running;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Processes;

/// <summary>Gives every endpoint its address, before anything starts; it keeps it for as long as the application runs.</summary>
internal sealed class EndpointAllocator(PortReservations ports, IConfiguration configuration)
{
    private readonly bool _randomize = AppHostSettings.RandomizePorts(configuration);

    public void Allocate(IResource resource, ILauncher launcher)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => launcher.Serves(resource, endpoint)))
        {
            endpoint.AllocatedEndpoint ??= new AllocatedEndpoint(endpoint, endpoint.TargetHost, Reserve(resource, endpoint));
        }
    }

    private int Reserve(IResource resource, EndpointAnnotation endpoint)
    {
        // Outside of a container the target port is the very port on which the process listens, and no other will do.
        var wanted = resource is ContainerResource ? null : endpoint.TargetPort;
        wanted ??= _randomize ? null : endpoint.Port;
        if (wanted is not { } port)
        {
            return ports.ReserveFree();
        }

        ports.ReserveFixed(port, resource.Name);
        return port;
    }
}

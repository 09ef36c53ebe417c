
namespace Benchmarks;

/// <summary>A release build of a service, in a process of its own.</summary>
internal static class ReleasedService
{
    /// <summary>Starts a service and waits until it is healthy.</summary>
    /// <param name="name">The name of its project.</param>
    /// <param name="settings">Its configuration, as on a command line: <c>Outbox:Queue=…</c>.</param>
    public static async Task<ServiceInstance> StartAsync(string name, params string[] settings)
    {
        var assembly = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", name, "release", $"{name}.dll"));
        var service = ServiceInstance.Start(
            assembly,
            [
                "environment=Production",
                "Logging:LogLevel:Default=Warning",
                // This message says where it listens.
                "Logging:LogLevel:Microsoft.Hosting.Lifetime=Information",
                .. settings,
            ]);
        await service.WaitUntilHealthyAsync();
        return service;
    }
}

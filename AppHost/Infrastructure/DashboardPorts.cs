namespace Aspire.Hosting;

/// <summary>The ports of the dashboard, and of the servers that it uses.</summary>
public static class DashboardPorts
{
    private static readonly string[] Settings =
    [
        "ASPNETCORE_URLS",
        "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL",
        "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL",
        "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL",
    ];

    /// <summary>Reports a taken port in one sentence. Aspire itself would write a stack trace.</summary>
    /// <exception cref="DistributedApplicationException">Another program listens on one of the dashboard's ports.</exception>
    public static void CheckDashboardPorts(this IDistributedApplicationBuilder builder)
    {
        // Aspire.Hosting.Testing picks random ports and starts no dashboard. The demo may run at the same time.
        if (!builder.ExecutionContext.IsRunMode || builder.Configuration["DcpPublisher:RandomizePorts"] is "true")
        {
            return;
        }

        var addresses = Settings
            .SelectMany(setting => (builder.Configuration[setting] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
            .Select(address => new Uri(address));
        if (addresses.FirstOrDefault(address => address.IsLoopback && LocalChecks.Port(address.Port) is not null) is { } taken)
        {
            throw new DistributedApplicationException(
                $"Port {taken.Port} is taken, which the dashboard needs: stop the program that listens there, often another copy of this "
                + "demo.");
        }
    }
}

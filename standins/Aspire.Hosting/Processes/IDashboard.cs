namespace Aspire.Hosting.Processes;

/// <summary>What shows the application. It starts before the resources, so that they can send their telemetry to it.</summary>
internal interface IDashboard
{
    /// <summary>Where the resources send their telemetry; null if nowhere. Known once the dashboard has started.</summary>
    OtlpTarget? Otlp { get; }

    Task StartAsync(CancellationToken cancellationToken);

    Task StopAsync(CancellationToken cancellationToken);
}

/// <param name="Endpoint">An OTLP endpoint that speaks gRPC.</param>
/// <param name="ApiKey">The key that the endpoint asks for; null if it asks for none.</param>
internal sealed record OtlpTarget(Uri Endpoint, string? ApiKey);

/// <summary>The dashboard of an application that has none, such as one under test.</summary>
internal sealed class NoDashboard : IDashboard
{
    public OtlpTarget? Otlp => null;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

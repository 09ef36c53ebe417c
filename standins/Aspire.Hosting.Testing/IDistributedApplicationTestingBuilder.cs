namespace Aspire.Hosting.Testing;

/// <summary>The builder of an application under test: free ports, and no dashboard.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

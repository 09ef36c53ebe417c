using System.Reflection;
using Aspire.Hosting.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Testing;

/// <summary>Gives an application what it needs under test, and catches it when it is built.</summary>
internal sealed class TestingInterception(
    string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, Assembly? appHost = null)
    : BuilderInterception
{
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _building = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The builder, once the AppHost has said all it has to say.</summary>
    public TaskCompletionSource<DistributedApplicationBuilder> BuilderSource => _building;

    public IDisposable Begin()
    {
        Current = this;
        return new End();
    }

    public override void Creating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        options.DisableDashboard = true;
        options.Args = [.. options.Args ?? [], .. args.Except(options.Args ?? [])];
        options.AssemblyName ??= appHost?.GetName().Name;
        settings.Args = options.Args;
        settings.EnvironmentName = Environments.Development;
        settings.Configuration = new ConfigurationManager();
        settings.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            // So that tests can run beside each other and beside the demo.
            [AppHostSettings.RandomizePortsKey] = "true",
            // A test says what is wrong by itself; the log of the AppHost is not its output.
            ["Logging:LogLevel:Default"] = nameof(LogLevel.Warning),
        });
        configureBuilder(options, settings);
    }

    public override void Building(DistributedApplicationBuilder builder)
    {
        if (appHost is not null)
        {
            _building.TrySetResult(builder);
            throw new EntryPointStoppedException();
        }
    }

    private sealed class End : IDisposable
    {
        public void Dispose() => Current = null;
    }
}

/// <summary>Ends the entry point of an AppHost where it builds the application.</summary>
internal sealed class EntryPointStoppedException() : Exception("The entry point of the AppHost was stopped where it builds the application.");

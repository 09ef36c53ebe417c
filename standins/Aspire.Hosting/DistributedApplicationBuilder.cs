using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private static readonly Dictionary<string, string> SwitchMappings = new()
    {
        ["--operation"] = AppHostSettings.OperationKey,
        ["--publisher"] = AppHostSettings.PublisherKey,
    };

    private readonly HostApplicationBuilder _host;

    public DistributedApplicationBuilder(string[] args)
        : this(new DistributedApplicationOptions { Args = args })
    {
    }

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var interception = BuilderInterception.Current;
        var settings = new HostApplicationBuilderSettings { Args = options.Args };
        interception?.Creating(options, settings);

        AppHostAssembly = options.AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();
        AppHostDirectory = options.ProjectDirectory ?? AppHostMetadata.ProjectDirectory(AppHostAssembly) ?? AppContext.BaseDirectory;
        settings.ContentRootPath ??= AppHostDirectory;
        settings.ApplicationName ??= AppHostAssembly?.GetName().Name;
        settings.Configuration ??= new ConfigurationManager();
        // Nothing here reads a changed file again, and watching them costs one of the few inotify instances of a machine.
        settings.Configuration["hostBuilder:reloadConfigOnChange"] = "false";

        _host = new HostApplicationBuilder(settings);
        _host.Configuration.AddCommandLine(options.Args ?? [], SwitchMappings);
        ExecutionContext = new DistributedApplicationExecutionContext(AppHostSettings.Operation(Configuration));
        EngineServices.AddTo(_host, this, options);
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResourceCollection Resources { get; } = new ResourceCollection();

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        BuilderInterception.Current?.Building(this);
        return BuildApplication();
    }

    internal DistributedApplication BuildApplication()
    {
        foreach (var resource in Resources)
        {
            LifecycleCommands.AddTo(resource);
        }

        return new DistributedApplication(_host.Build());
    }
}

using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Processes;

/// <summary>Asks the callbacks of a resource for its environment and arguments, and resolves their values. Done at every start.</summary>
internal sealed class ResourceConfiguration(DistributedApplicationExecutionContext executionContext)
{
    public async Task<Dictionary<string, string>> EnvironmentAsync(
        IResource resource, IReadOnlyDictionary<string, string> defaults, ILogger logger, CancellationToken cancellationToken)
    {
        var variables = defaults.ToDictionary(variable => variable.Key, variable => (object)variable.Value);
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            if (endpoint is { PortEnvironmentVariable: { } name, AllocatedEndpoint: { } allocated })
            {
                variables[name] = allocated.Port.ToString(CultureInfo.InvariantCulture);
            }
        }

        var context = new EnvironmentCallbackContext(executionContext, resource, variables, cancellationToken) { Logger = logger };
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
        {
            await annotation.Callback(context);
        }

        var resolved = new Dictionary<string, string>();
        foreach (var (name, value) in variables)
        {
            // A value that is null, such as an optional connection string, is not set at all.
            if (await ResolveAsync(value, cancellationToken) is { } text)
            {
                resolved[name] = text;
            }
        }

        return resolved;
    }

    public static async Task<IReadOnlyList<string>> ArgumentsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var context = new CommandLineArgsCallbackContext([], resource, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToArray())
        {
            await annotation.Callback(context);
        }

        var resolved = new List<string>();
        foreach (var argument in context.Args)
        {
            resolved.Add(await ResolveAsync(argument, cancellationToken) ?? string.Empty);
        }

        return resolved;
    }

    private static async ValueTask<string?> ResolveAsync(object value, CancellationToken cancellationToken) => value switch
    {
        string text => text,
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(cancellationToken),
        IValueProvider provider => await provider.GetValueAsync(cancellationToken),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}

using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Runs the entry point of an AppHost in this process, up to where it builds the application.</summary>
internal static class AppHostEntryPoint
{
    public static async Task<DistributedApplicationBuilder> RunAsync(
        Assembly appHost,
        string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken)
    {
        var entryPoint = appHost.EntryPoint
            ?? throw new InvalidOperationException($"Entry point type is in the assembly '{appHost.GetName().Name}', which is not a program.");
        var interception = new TestingInterception(args, configureBuilder, appHost);
        var running = Task.Run(() => Run(entryPoint, args, interception), cancellationToken);
        await running.WaitAsync(cancellationToken);
        return await interception.BuilderSource.Task;
    }

    private static void Run(MethodInfo entryPoint, string[] args, TestingInterception interception)
    {
        using var flow = interception.Begin();
        try
        {
            object[]? parameters = entryPoint.GetParameters().Length == 0 ? null : [args];
            entryPoint.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, parameters, culture: null);
        }
        catch (EntryPointStoppedException)
        {
            return;
        }

        interception.BuilderSource.TrySetException(
            new InvalidOperationException(
                $"The entry point of '{entryPoint.Module.Assembly.GetName().Name}' ended without building an application."));
    }
}

using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Gives commands to resources: those that all have (start, stop, restart) and those of their own.</summary>
public class ResourceCommandService
{
    private readonly DistributedApplicationModel _model;
    private readonly ResourceLoggerService _loggers;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(DistributedApplicationModel model, ResourceLoggerService loggers, IServiceProvider services)
    {
        _model = model;
        _loggers = loggers;
        _services = services;
    }

    public Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default) =>
        _model.Resources.TryGetByName(resourceId, out var resource)
            ? ExecuteCommandAsync(resource, commandName, cancellationToken)
            : Task.FromResult(CommandResults.Failure($"Resource '{resourceId}' not found."));

    public async Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var command = resource.Annotations.OfType<ResourceCommandAnnotation>().LastOrDefault(candidate => candidate.Name == commandName);
        if (command is null)
        {
            return CommandResults.Failure($"Command '{commandName}' not available for resource '{resource.Name}'.");
        }

        var logger = _loggers.GetLogger(resource);
        CommandLog.Executing(logger, commandName);
        try
        {
            var result = await command.ExecuteCommand(new ExecuteCommandContext
            {
                ServiceProvider = _services,
                ResourceName = resource.Name,
                CancellationToken = cancellationToken,
                Logger = logger,
            });

            if (result is { Success: false, Canceled: false })
            {
                CommandLog.Failed(logger, commandName, result.Message);
            }

            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
        catch (Exception exception)
        {
            // A command is the user's code: whatever it throws is its answer, and must not end the AppHost.
            CommandLog.Failed(logger, commandName, exception.Message);
            return CommandResults.Failure(exception);
        }
    }
}

internal static partial class CommandLog
{
    [LoggerMessage(1, LogLevel.Information, "Executing command '{Command}'.")]
    public static partial void Executing(ILogger logger, string command);

    [LoggerMessage(2, LogLevel.Error, "Command '{Command}' failed: {Reason}")]
    public static partial void Failed(ILogger logger, string command, string? reason);
}

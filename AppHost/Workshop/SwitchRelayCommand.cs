using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>A button that changes how the relay learns of new messages: docs/relays.md.</summary>
public static class SwitchRelayCommand
{
    private const string Setting = "Outbox__Relay";

    /// <summary>
    /// Adds a command that restarts the sender with the other kind of relay, and then waits until it is healthy. Only a workshop has it:
    /// with more than five commands, the dashboard hides some of them in a menu of the menu. The demo starts with the kind that the
    /// environment of the AppHost names, or else with the one that polls.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithSwitchRelayCommand(this IResourceBuilder<ProjectResource> sender)
    {
        var followsLog = Environment.GetEnvironmentVariable(Setting) == "Wal";
        sender.WithEnvironment(context => context.EnvironmentVariables[Setting] = followsLog ? "Wal" : "Polling");
        return sender.ApplicationBuilder.Configuration["Demo:Workshop"] != "true"
            ? sender
            : sender.WithCommand(
                name: "switch-relay",
                displayName: "Switch the relay",
                executeCommand: async context =>
                {
                    followsLog = !followsLog;
                    var commands = context.Services.GetRequiredService<ResourceCommandService>();
                    var restarted = await commands.ExecuteCommandAsync(
                        sender.Resource, KnownResourceCommands.RestartCommand, context.CancellationToken);
                    if (!restarted.Success)
                    {
                        return restarted;
                    }

                    var notifications = context.Services.GetRequiredService<ResourceNotificationService>();
                    await notifications.WaitForResourceHealthyAsync(sender.Resource.Name, context.CancellationToken);
                    return CommandResults.Success(followsLog ? "It follows the log now." : "It reads the table now.");
                },
                commandOptions: new CommandOptions
                {
                    Description = "Restarts it with the relay that follows the write-ahead log, or with the one that reads the table. "
                        + "Press it while messages are on their way: nothing is lost.",
                    IconName = "ArrowSwap",
                    UpdateState = context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running
                        ? ResourceCommandState.Enabled
                        : ResourceCommandState.Disabled,
                });
    }
}

using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>A button that changes how the relay learns of new messages: docs/relays.md.</summary>
public static class SwitchRelayCommand
{
    private const string Setting = "Outbox__Relay";
    private const string Polling = "Polling";
    private const string Wal = "Wal";
    private static readonly TimeSpan HealthyWithin = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Adds a command that restarts the sender with the other kind of relay, and then waits until it is healthy. Only a workshop has it:
    /// the dashboard moves some commands of a resource into a sub-menu if there are more than five. The sender starts with the kind that
    /// the environment of the AppHost names. The default is the one that polls.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithSwitchRelayCommand(this IResourceBuilder<ProjectResource> sender)
    {
        var relay = Environment.GetEnvironmentVariable(Setting) ?? Polling;
        sender.WithEnvironment(context => context.EnvironmentVariables[Setting] = relay);
        return sender.ApplicationBuilder.Configuration["Demo:Workshop"] != "true"
            ? sender
            : sender.WithCommand(
                name: "switch-relay",
                displayName: "Switch the relay",
                executeCommand: async context =>
                {
                    var before = relay;
                    relay = FollowsLog(before) ? Polling : Wal;
                    var restarted = await context.Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(
                        sender.Resource, KnownResourceCommands.RestartCommand, context.CancellationToken);
                    if (!restarted.Success)
                    {
                        relay = before;
                        return restarted;
                    }

                    var notifications = context.Services.GetRequiredService<ResourceNotificationService>();
                    using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
                    deadline.CancelAfter(HealthyWithin);
                    try
                    {
                        // The end of the old process may be reported after the new one was started: it does not end this wait.
                        await notifications.WaitForResourceHealthyAsync(
                            sender.Resource.Name, WaitBehavior.WaitOnResourceUnavailable, deadline.Token);
                    }
                    catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
                    {
                        return CommandResults.Failure($"It is not healthy after {HealthyWithin.TotalMinutes:0} minutes: see its log.");
                    }

                    return CommandResults.Success(FollowsLog(relay) ? "It follows the log now." : "It reads the table now.");
                },
                commandOptions: new CommandOptions
                {
                    Description = "Restarts it with the relay that follows the write-ahead log, or with the one that reads the table. "
                        + "Press it while messages are on their way: nothing is lost.",
                    IconName = "ArrowSwap",
                    UpdateState = EnabledWhen.Running,
                });
    }

    /// <summary>The service takes the name in any case, too.</summary>
    private static bool FollowsLog(string relay) => relay.Equals(Wal, StringComparison.OrdinalIgnoreCase);
}

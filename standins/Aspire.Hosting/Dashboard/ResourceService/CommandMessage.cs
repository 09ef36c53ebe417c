using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dashboard.ResourceService;

/// <summary>A command as the dashboard shows it: a button, or an entry of the resource's menu.</summary>
internal static class CommandMessage
{
    public static Proto.ResourceCommand From(ResourceCommandSnapshot command)
    {
        var message = new Proto.ResourceCommand
        {
            Name = command.Name,
            DisplayName = command.DisplayName,
            IsHighlighted = command.IsHighlighted,
            IconVariant = command.IconVariant is IconVariant.Filled ? Proto.IconVariant.Filled : Proto.IconVariant.Regular,
            State = command.State switch
            {
                ResourceCommandState.Enabled => Proto.ResourceCommandState.Enabled,
                ResourceCommandState.Disabled => Proto.ResourceCommandState.Disabled,
                _ => Proto.ResourceCommandState.Hidden,
            },
        };

        if (command.DisplayDescription is { } description)
        {
            message.DisplayDescription = description;
        }

        // An empty question would still be asked.
        if (!string.IsNullOrEmpty(command.ConfirmationMessage))
        {
            message.ConfirmationMessage = command.ConfirmationMessage;
        }

        if (command.IconName is { } iconName)
        {
            message.IconName = iconName;
        }

        return message;
    }

    public static Proto.ResourceCommandResponse From(ExecuteCommandResult result)
    {
        var message = new Proto.ResourceCommandResponse
        {
            Kind = result switch
            {
                { Canceled: true } => Proto.ResourceCommandResponseKind.Cancelled,
                { Success: true } => Proto.ResourceCommandResponseKind.Succeeded,
                _ => Proto.ResourceCommandResponseKind.Failed,
            },
        };

        if (result.Message is { } text)
        {
            message.Message = text;
        }

        return message;
    }
}

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Asks each command of a resource whether it can be used now.</summary>
internal static class CommandStates
{
    public static CustomResourceSnapshot Update(IResource resource, CustomResourceSnapshot snapshot, IServiceProvider services)
    {
        var context = new UpdateCommandStateContext { ResourceSnapshot = snapshot, ServiceProvider = services };
        return snapshot with
        {
            Commands =
            [
                .. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(command => new ResourceCommandSnapshot(
                    command.Name,
                    command.UpdateState(context),
                    command.DisplayName,
                    command.DisplayDescription,
                    command.Parameter,
                    command.ConfirmationMessage,
                    command.IconName,
                    command.IconVariant,
                    command.IsHighlighted)),
            ],
        };
    }
}

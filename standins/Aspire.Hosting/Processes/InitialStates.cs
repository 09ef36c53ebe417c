using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Health;

namespace Aspire.Hosting.Processes;

/// <summary>Publishes what is known of each resource before anything has started.</summary>
internal sealed class InitialStates(ResourceNotificationService notifications, ResourceUrls urls, TimeProvider time)
{
    public async Task PublishAsync(IResource resource, CancellationToken cancellationToken)
    {
        // A parameter without a value ends the start here, with a sentence that says how to set it.
        var value = resource is ParameterResource given ? await given.GetValueAsync(cancellationToken) : null;
        var shownUrls = await urls.GetAsync(resource, cancellationToken);
        await notifications.PublishUpdateAsync(resource, snapshot =>
        {
            var described = snapshot with
            {
                CreationTimeStamp = time.GetUtcNow().UtcDateTime,
                State = snapshot.State ?? StateOf(resource),
                Urls = shownUrls,
                HealthReports = HealthMonitor.PendingReports(resource),
                IsReady = !resource.HasLifetime(),
            };

            return resource switch
            {
                ParameterResource parameter => described with
                {
                    Properties = described.Properties.With(KnownProperties.ParameterValue, value, isSensitive: parameter.Secret),
                },
                ContainerResource container => DescribeContainer(container, described),
                _ => described,
            };
        });
    }

    private static ResourceStateSnapshot StateOf(IResource resource) => resource.HasLifetime()
        ? new ResourceStateSnapshot(KnownResourceStates.NotStarted, KnownResourceStateStyles.Info)
        : new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success);

    private static CustomResourceSnapshot DescribeContainer(ContainerResource container, CustomResourceSnapshot snapshot) => snapshot with
    {
        Properties = container.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault() is not { } image
            ? snapshot.Properties
            : snapshot.Properties
                .With(KnownProperties.ContainerImage, ImageName(image))
                .With(KnownProperties.Source, ImageName(image)),
        Volumes =
        [
            .. container.Annotations.OfType<ContainerMountAnnotation>().Select(mount => new VolumeSnapshot(
                mount.Source, mount.Target, mount.Type == ContainerMountType.BindMount ? "bind" : "volume", mount.IsReadOnly)),
        ],
    };

    private static string ImageName(ContainerImageAnnotation image) =>
        $"{(image.Registry is null ? string.Empty : $"{image.Registry}/")}{image.Image}:{image.Tag ?? "latest"}";
}

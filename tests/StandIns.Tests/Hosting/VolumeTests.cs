using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Volumes;

namespace StandIns.Tests.Hosting;

public sealed class VolumeTests : IDisposable
{
    private readonly string _local = Directory.CreateTempSubdirectory("volumes-").FullName;

    [Fact]
    public void A_volume_belongs_to_one_application_at_a_time()
    {
        using var mine = new VolumeStore(_local);
        using var theirs = new VolumeStore(_local);
        var mount = new ContainerMountAnnotation("data", "/data", ContainerMountType.Volume, isReadOnly: false);
        mine.Open(mount);

        var failure = Assert.ThrowsAny<DistributedApplicationException>(() => theirs.Open(mount));
        Assert.Contains("in use by another AppHost", failure.Message, StringComparison.Ordinal);

        mine.Dispose();
        Assert.Equal(Path.Combine(_local, "data"), theirs.Open(mount).Path);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    public void A_volume_cannot_be_named_out_of_its_folder(string name)
    {
        using var volumes = new VolumeStore(_local);

        Assert.ThrowsAny<DistributedApplicationException>(
            () => volumes.Open(new ContainerMountAnnotation(name, "/data", ContainerMountType.Volume, isReadOnly: false)));
    }

    [Fact]
    public void What_a_killed_application_has_left_is_deleted_and_what_is_in_use_is_not()
    {
        using var volumes = new VolumeStore(_local);
        var left = volumes.CreateEphemeral("left");
        left.Dispose();
        var used = volumes.CreateEphemeral("used");

        volumes.DeleteLeftovers();

        Assert.False(Directory.Exists(left.Path));
        Assert.True(Directory.Exists(used.Path));
        used.Delete();
    }

    public void Dispose() => Directory.Delete(_local, recursive: true);
}

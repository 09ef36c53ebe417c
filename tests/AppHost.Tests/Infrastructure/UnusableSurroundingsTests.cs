using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AppHost.Tests.Infrastructure;

/// <summary>A local process that cannot start says why in one sentence in its log. Its state is FailedToStart.</summary>
public sealed class UnusableSurroundingsTests : IAsyncLifetime
{
    private readonly string _volumes = $"test-{Guid.NewGuid():N}";
    private readonly TcpListener _taken = new(IPAddress.Loopback, 0);

    public Task InitializeAsync()
    {
        _taken.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _taken.Dispose();
        await TestVolumes.RemoveAsync(_volumes);
    }

    [Fact]
    public async Task Each_reason_is_one_sentence_in_the_log()
    {
        var port = ((IPEndPoint)_taken.LocalEndpoint).Port;
        Directory.CreateDirectory(Path.Combine(Folder("old"), "data"));
        await File.WriteAllTextAsync(Path.Combine(Folder("old"), "data", "PG_VERSION"), "9\n");
        Directory.CreateDirectory(Folder("used"));
        // .NET locks such a file with flock, as the scripts do.
        await using var used = new FileStream(Path.Combine(Folder("used"), ".lock"), FileMode.Create, FileAccess.Write, FileShare.None);

        await using var system = await LocalSystem.StartAsync(builder =>
        {
            builder.AddLocalPostgres("taken", Folder("taken"), port);
            builder.AddLocalPostgres("old", Folder("old"));
            builder.AddLocalPostgres("used", Folder("used"));
            builder.AddLocalPostgres("read-only", "/proc/read-only");
        });

        await AssertSaysAsync(
            system, "taken", string.Create(CultureInfo.InvariantCulture, $"Port {port} is taken: stop the program that listens there"));
        await AssertSaysAsync(system, "old", $"The data in {Folder("old")} are of PostgreSQL 9, and ");
        await AssertSaysAsync(system, "used", $"Another AppHost uses {Folder("used")}: stop that one");
        await AssertSaysAsync(system, "read-only", "The folder /proc/read-only is not writable: make it writable for ");

        // The next start uses the change.
        _taken.Stop();
        used.Close();
        await system.PressAsync("taken", KnownResourceCommands.StartCommand);
        await system.PressAsync("used", KnownResourceCommands.StartCommand);
        await system.WaitUntilHealthyAsync("taken");
        await system.WaitUntilHealthyAsync("used");
    }

    [SmallDiskFact]
    public async Task A_full_disk_is_one_sentence_in_the_log()
    {
        using var disk = SmallDisk.Mount();
        await using var system = await LocalSystem.StartAsync(builder =>
        {
            builder.AddLocalPostgres("full", Path.Combine(disk.Folder, "full"));
            builder.AddLocalBroker(
                "full-too", builder.AddParameter("user", "u"), builder.AddParameter("password", "p"), Path.Combine(disk.Folder, "too"));
        });
        await AssertSaysAsync(system, "full", $"The disk of {disk.Folder}/full has only ");
        await AssertSaysAsync(system, "full-too", $"The disk of {disk.Folder}/too has only ");
    }

    private string Folder(string resource) => Solution.PathOf($".local/{_volumes}-{resource}");

    private static async Task AssertSaysAsync(LocalSystem system, string resource, string sentence)
    {
        await system.StateAsync(resource, KnownResourceStates.FailedToStart);
        Assert.Contains(
            await system.LogAsync(resource), line => line.Contains($"{resource} cannot start. {sentence}", StringComparison.Ordinal));
    }
}

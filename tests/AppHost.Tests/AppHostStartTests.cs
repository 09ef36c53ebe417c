using System.Text.Json;

namespace AppHost.Tests;

/// <summary>The messages of an AppHost that cannot start, and the manifest that it publishes.</summary>
public sealed class AppHostStartTests : IAsyncLifetime
{
    private readonly string _volumes = $"test-{Guid.NewGuid():N}";

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => TestVolumes.RemoveAsync(_volumes);

    [Fact]
    public async Task A_wrong_setting_is_explained_in_one_sentence_at_the_terminal()
    {
        var taken = AppHostProcess.FreeAddress();
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, taken.Port);
        listener.Start();
        await AssertSaysAsync(
            $"Port {taken.Port} is taken, which the dashboard needs: stop the program", new() { ["ASPNETCORE_URLS"] = taken.AbsoluteUri });
        await AssertSaysAsync(
            "'17' is not a number of replicas for 'sender': set it to a number from 1 to 16.", new() { ["Demo__Senders"] = "17" });
        await AssertSaysAsync(
            "Demo:Infrastructure is 'cloud': set it to containers or processes", new() { ["Demo__Infrastructure"] = "cloud" });
    }

    [Fact]
    public async Task A_missing_program_is_named_at_the_terminal_and_the_dashboard_stays()
    {
        using var appHost = AppHostProcess.Start(_volumes, new Dictionary<string, string>
        {
            ["Demo__Infrastructure"] = "processes",
            ["PG_BIN"] = "/nowhere",
            ["ARTEMIS_HOME"] = "/nowhere/either",
        });
        await appHost.WrittenAsync(
            "sender-postgres cannot start. PG_BIN is '/nowhere', and there is no postgres in it: set it to the right folder");
        await appHost.WrittenAsync(
            "artemis cannot start. ARTEMIS_HOME is '/nowhere/either', and there is no bin/artemis in it: set it to the right");
        await appHost.EndAsync();
        await appHost.WaitUntilNothingIsLeftAsync();
    }

    [Fact]
    public async Task The_published_manifest_describes_containers()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{_volumes}.json");
        using var appHost = AppHostProcess.Start(_volumes, null, "--publisher", "manifest", "--output-path", file);
        Assert.Equal(0, await appHost.EndedAsync());
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        File.Delete(file);

        var resources = manifest.RootElement.GetProperty("resources");
        Assert.Equal("docker.io/library/postgres:17.6", resources.GetProperty("sender-postgres").GetProperty("image").GetString());
        Assert.Equal("docker.io/apache/artemis:2.56.0-alpine", resources.GetProperty("artemis").GetProperty("image").GetString());
        Assert.Equal($"{_volumes}-artemis", resources.GetProperty("artemis").GetProperty("volumes")[0].GetProperty("name").GetString());
        Assert.False(resources.TryGetProperty("workshop", out _)); // its page can kill processes
        Assert.Equal("project.v0", resources.GetProperty("receiver").GetProperty("type").GetString());
        Assert.Equal(
            "{artemis.connectionString}",
            resources.GetProperty("sender").GetProperty("env").GetProperty("ConnectionStrings__artemis").GetString());
    }

    private async Task AssertSaysAsync(string sentence, Dictionary<string, string> environment)
    {
        using var appHost = AppHostProcess.Start(_volumes, environment);
        Assert.Equal(1, await appHost.EndedAsync());
        Assert.Contains(sentence, appHost.Written[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(appHost.Written, line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal));
    }
}

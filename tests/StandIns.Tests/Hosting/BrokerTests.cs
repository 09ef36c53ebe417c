using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Volumes;
using Aspire.Hosting.Testing;
using Tests.Harness;
using Xunit.Abstractions;

namespace StandIns.Tests.Hosting;

public sealed class BrokerTests(ITestOutputHelper output)
{
    private const int WarmUp = 5;
    private const int Rounds = 100;

    [LongBrokerFact]
    public async Task A_hundred_starts_and_stops_leave_neither_handles_nor_memory_behind()
    {
        var volume = $"test-{Guid.NewGuid():N}";
        try
        {
            await MeasureAsync(volume);
        }
        finally
        {
            Directory.Delete(Path.Combine(LocalFolder.Of(AppContext.BaseDirectory), volume), recursive: true);
        }
    }

    private async Task MeasureAsync(string volume)
    {
        await using var test = await TestApplication.StartAsync(
            builder => builder.AddContainer("broker", "apache/artemis", "2.56.0-alpine")
                .WithVolume(volume, "/var/lib/artemis-instance")
                .WithEnvironment("ARTEMIS_USER", "user")
                .WithEnvironment("ARTEMIS_PASSWORD", "password")
                .WithEndpoint(targetPort: 5672, scheme: "amqp", name: "amqp"),
            TimeSpan.FromMinutes(30));
        await test.WaitForAsync("broker", KnownResourceStates.Running);
        var address = test.Application.GetEndpoint("broker", "amqp");
        await RestartAsync(test, address, WarmUp);
        var before = Usage.Now();

        var clock = Stopwatch.StartNew();
        await RestartAsync(test, address, Rounds);

        var after = Usage.Now();
        output.WriteLine($"{Rounds} rounds in {clock.Elapsed.TotalSeconds:0} s; before: {before}; after: {after}");
        Assert.InRange(after.Handles - before.Handles, int.MinValue, 10);
        Assert.InRange(after.Children - before.Children, int.MinValue, 0);
        Assert.InRange(after.Managed - before.Managed, long.MinValue, 4_000_000);
    }

    private static async Task RestartAsync(TestApplication test, Uri address, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            await Eventually.GetAsync(() => ListensAsync(address), listens => listens);
            await test.CommandAsync("broker", KnownResourceCommands.StopCommand);
            Assert.False(await ListensAsync(address));
            await test.CommandAsync("broker", KnownResourceCommands.StartCommand);
        }
    }

    private static async Task<bool> ListensAsync(Uri address)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>What this process, in which the engine runs, holds.</summary>
    private sealed record Usage(int Handles, int Children, long Managed)
    {
        public static Usage Now()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var managed = GC.GetTotalMemory(forceFullCollection: true);
            using var self = Process.GetCurrentProcess();
            var children = Directory.GetDirectories($"/proc/{self.Id}/task")
                .Sum(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
            return new Usage(self.HandleCount, children, managed);
        }
    }
}

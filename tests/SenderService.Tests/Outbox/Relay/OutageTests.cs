using Tests.Harness;
using Xunit;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>A broker that is away delays messages, and that is all it does.</summary>
[Collection(SenderSuite.Name)]
public sealed class OutageTests(Infrastructure infrastructure)
{
    private const int Messages = 2_000;
    private const int Handful = 10;

    /// <summary>Of the broker's return, plus what a loaded machine takes to publish the backlog.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(5 + 5);

    [Fact]
    public async Task An_outage_counts_no_attempt_logs_a_handful_of_lines_and_ends_soon_after_the_brokers_return()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = ServiceInstance.Start(
            RunningSender.Service, RunningSender.Settings(table.Database, wire.Address, Infrastructure.NewQueue()));
        await table.AddAsync(Guid.CreateVersion7(), 1);
        await Eventually.GetAsync(() => OutboxTable.CountAsync(table.Database, "Sent"), sent => sent == 1);

        var lines = sender.Output.Count;
        wire.Cut();
        await table.AddManyAsync(Messages, aggregates: 500);
        var connections = wire.Connections;
        await Eventually.GetAsync(() => Task.FromResult(wire.Connections), attempts => attempts >= connections + 8);

        wire.Mend();
        await Eventually.GetAsync(() => OutboxTable.CountAsync(table.Database, "Sent"), sent => sent == Messages + 1, Promptly);
        Assert.Equal(0L, await Sql.ScalarAsync<long>(table.Database, "SELECT sum(attempts) FROM outbox_messages"));
        var told = sender.Output.Skip(lines).Where(line => line.Contains(": SenderService", StringComparison.Ordinal) || line.Contains(": ServiceDefaults", StringComparison.Ordinal));
        Assert.InRange(told.Count(), 2, Handful);
    }
}

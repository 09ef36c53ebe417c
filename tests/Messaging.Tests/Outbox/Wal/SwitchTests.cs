using System.Collections.Concurrent;

namespace Messaging.Tests.Outbox.Wal;

/// <summary>A service is switched from one relay to the other, instance by instance, while messages are written.</summary>
[Collection(MessagingSuite.Name)]
public sealed class SwitchTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int Aggregates = 10;

    private readonly string _queue = Infrastructure.NewQueue();
    private readonly ConcurrentDictionary<Guid, long> _written = new();
    private OutboxTable _table = null!;

    public async Task InitializeAsync() => _table = await OutboxTable.CreateAsync(infrastructure);

    public async Task DisposeAsync() => await _table.DisposeAsync();

    /// <summary>Each letter is an instance: p polls, w follows the log. Each begins before the one before it ends.</summary>
    [Theory]
    [InlineData("pwpw")]
    [InlineData("wpwp")]
    [InlineData("wwpp")]
    public async Task Nothing_is_lost_and_each_aggregate_keeps_its_order(string instances)
    {
        using var stop = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, Aggregates).Select(_ => WriteAsync(stop.Token)));
        OutboxHost? before = null;
        foreach (var instance in instances)
        {
            var host = await OutboxHost.StartAsync(
                _table.Database,
                infrastructure.Broker,
                configure: null,
                $"Outbox:Relay={(instance == 'w' ? "Wal" : "Polling")}",
                $"Outbox:Queue={_queue}",
                "Outbox:PollInterval=00:00:00.2");

            // The old and the new one work side by side, then the new one alone.
            await MoreIsSentAsync();
            await (before?.DisposeAsync() ?? ValueTask.CompletedTask);
            await MoreIsSentAsync();
            before = host;
        }

        await stop.CancelAsync();
        await writing;
        var all = (int)_written.Values.Sum();
        await OutboxRows.SentAsync(_table.Database, all, TimeSpan.FromMinutes(3));
        await before!.DisposeAsync();

        var came = await QueueReader.FirstAppearancesAsync(infrastructure, _queue, all);
        Assert.Equal(Aggregates, came.Count);
        Assert.All(came, aggregate => Assert.Equal(
            Enumerable.Range(1, (int)_written[Guid.Parse(aggregate.Key)]).Select(version => (long)version), aggregate.Value));
    }

    /// <summary>A slot that nobody reads from would make the server keep its log until the disk is full.</summary>
    [Fact]
    public async Task A_relay_that_polls_removes_the_slot_that_the_other_one_has_left()
    {
        await using (await StartAsync("Wal"))
        {
            await LogSlot.FollowedAsync(_table);
        }

        Assert.Equal(1, await LogSlot.CountAsync(_table.Database));
        await using var polling = await StartAsync("Polling");
        await Eventually.GetAsync(() => LogSlot.CountAsync(_table.Database), slots => slots == 0);
    }

    private Task<OutboxHost> StartAsync(string relay) => OutboxHost.StartAsync(
        _table.Database, infrastructure.Broker, configure: null, $"Outbox:Relay={relay}", $"Outbox:Queue={_queue}");

    /// <summary>Writes one version after the other of one aggregate, sometimes several at once.</summary>
    private async Task WriteAsync(CancellationToken stop)
    {
        var aggregate = Guid.CreateVersion7();
        for (var version = 1L; !stop.IsCancellationRequested; version += 3)
        {
            await _table.AddAsync(aggregate, version);
            await _table.AddAsync(aggregate, version + 1, version + 2);
            _written[aggregate] = version + 2;
        }
    }

    private async Task MoreIsSentAsync()
    {
        var sent = await OutboxRows.CountAsync(_table.Database, "Sent");
        await Eventually.GetAsync(() => OutboxRows.CountAsync(_table.Database, "Sent"), now => now > sent + 200);
    }
}

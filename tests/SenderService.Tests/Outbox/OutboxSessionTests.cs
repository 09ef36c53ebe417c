using Microsoft.EntityFrameworkCore;
using SenderService.Data;
using SenderService.Outbox;
using Tests.Harness;
using Xunit;

namespace SenderService.Tests.Outbox;

[Collection(SenderSuite.Name)]
public sealed class OutboxSessionTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly Guid _first = Guid.CreateVersion7();
    private readonly Guid _second = Guid.CreateVersion7();
    private string _database = "";
    private OutboxDatabase _outbox = null!;

    public async Task InitializeAsync()
    {
        _database = await infrastructure.CreateDatabaseAsync();
        _outbox = new OutboxDatabase(_database);
        await using var db = new SenderDbContext(new DbContextOptionsBuilder<SenderDbContext>().UseNpgsql(_database).Options);
        await db.Database.MigrateAsync();
    }

    public async Task DisposeAsync() => await _outbox.DisposeAsync();

    [Fact]
    public async Task Only_one_session_is_at_work_until_it_ends()
    {
        await using (var first = await OutboxSession.TryOpenAsync(_outbox, default))
        {
            Assert.NotNull(first);
            Assert.Null(await OutboxSession.TryOpenAsync(_outbox, default));
        }

        // The server ends the session a moment after it was told to.
        await using var second = await Eventually.GetAsync(() => OutboxSession.TryOpenAsync(_outbox, default), session => session is not null);
    }

    [Fact]
    public async Task A_refused_message_makes_its_aggregate_wait_and_no_other()
    {
        await AddAsync(_first, 1);
        await AddAsync(_second, 1);
        await AddAsync(_first, 2);
        await using var session = (await OutboxSession.TryOpenAsync(_outbox, default))!;
        var all = await session.ReadPendingAsync(100, default);
        Assert.Equal([(_first, 1L), (_second, 1L), (_first, 2L)], all.Select(message => (message.AggregateId, message.AggregateVersion)));

        await session.MarkRefusedAsync(all[0].Id, "too large", Minute, Minute, default);
        Assert.Equal([_second], (await session.ReadPendingAsync(100, default)).Select(message => message.AggregateId));

        // Its time has come: it is read again, alone, as nothing of its aggregate may overtake it.
        await Sql.ExecuteAsync(_database, "UPDATE outbox_messages SET next_attempt_at = now() WHERE attempts = 1 AND last_error = 'too large'");
        Assert.Equal(
            [(_first, 1L), (_second, 1L)],
            (await session.ReadPendingAsync(100, default)).Select(message => (message.AggregateId, message.AggregateVersion)));

        await session.MarkSentAsync([all[0].Id], default);
        Assert.Equal(
            [(_second, 1L), (_first, 2L)],
            (await session.ReadPendingAsync(100, default)).Select(message => (message.AggregateId, message.AggregateVersion)));
    }

    [Fact]
    public async Task The_delay_between_attempts_doubles_up_to_the_longest()
    {
        await AddAsync(_first, 1);
        await using var session = (await OutboxSession.TryOpenAsync(_outbox, default))!;
        var id = (await session.ReadPendingAsync(1, default))[0].Id;
        var delays = new List<double>();
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            await session.MarkRefusedAsync(id, "refused", Minute, Minute * 5, default);
            delays.Add(await Sql.ScalarAsync<double>(
                _database, "SELECT round(extract(epoch FROM next_attempt_at - now()) / 60)::float8 FROM outbox_messages"));
        }

        Assert.Equal([1, 2, 4, 5], delays);
    }

    private async Task AddAsync(Guid aggregateId, long version)
    {
        await using var db = new SenderDbContext(new DbContextOptionsBuilder<SenderDbContext>().UseNpgsql(_database).Options);
        new OutboxWriter(db, TimeProvider.System).Add(aggregateId, version, "an event");
        await db.SaveChangesAsync();
    }
}

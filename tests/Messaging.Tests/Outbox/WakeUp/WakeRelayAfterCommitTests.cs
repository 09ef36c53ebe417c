using System.Transactions;
using Messaging.Outbox.Writing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Tests.Outbox.WakeUp;

/// <summary>The relay polls once a minute here. So a message that is sent within seconds was announced.</summary>
[Collection(MessagingSuite.Name)]
public sealed class WakeRelayAfterCommitTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(20);

    private OutboxTable _table = null!;
    private OutboxHost _host = null!;
    private AsyncServiceScope _scope;
    private OrderDbContext _db = null!;
    private OutboxWriter _outbox = null!;
    private long _sent;

    public async Task InitializeAsync()
    {
        // The relay polls when it starts. Afterwards it sleeps.
        _table = await OutboxTable.CreateAsync(infrastructure);
        await _table.AddAsync(Guid.CreateVersion7(), 1);
        _host = await OutboxHost.StartAsync(_table.Database, infrastructure.Broker, settings: "Outbox:PollInterval=00:01:00");
        _scope = _host.Services.CreateAsyncScope();
        _db = _scope.ServiceProvider.GetRequiredService<OrderDbContext>();
        _outbox = _scope.ServiceProvider.GetRequiredService<OutboxWriter>();
        await AssertSentAsync();
    }

    public async Task DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _host.DisposeAsync();
        await _table.DisposeAsync();
    }

    /// <summary>EF Core does not wrap a single row in a transaction.</summary>
    [Fact]
    public async Task A_SaveChanges_of_a_single_row_wakes_the_relay()
    {
        AddMessage();
        Assert.Equal(1, await _db.SaveChangesAsync());
        await AssertSentAsync();
    }

    [Fact]
    public async Task A_SaveChanges_of_several_rows_wakes_the_relay()
    {
        AddOrder();
        Assert.Equal(2, await _db.SaveChangesAsync());
        await AssertSentAsync();
    }

    [Fact]
    public async Task A_synchronous_SaveChanges_wakes_the_relay()
    {
        AddMessage();
        Assert.Equal(1, _db.SaveChanges());
        await AssertSentAsync();
    }

    [Fact]
    public async Task A_commit_inside_a_TransactionScope_wakes_the_relay()
    {
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            AddOrder();
            await _db.SaveChangesAsync();
            scope.Complete();
        }

        await AssertSentAsync();
    }

    [Fact]
    public async Task A_context_that_is_enlisted_in_a_transaction_wakes_the_relay_when_that_commits()
    {
        using var transaction = new CommittableTransaction();
        await _db.Database.OpenConnectionAsync();
        _db.Database.EnlistTransaction(transaction);
        AddOrder();
        await _db.SaveChangesAsync();
        transaction.Commit();

        await AssertSentAsync();
    }

    [Fact]
    public async Task A_change_tracker_that_is_cleared_before_the_commit_does_not_matter()
    {
        await using (var transaction = await _db.Database.BeginTransactionAsync())
        {
            AddOrder();
            await _db.SaveChangesAsync();
            _db.ChangeTracker.Clear();
            await transaction.CommitAsync();
        }

        await AssertSentAsync();
    }

    [Fact]
    public async Task A_commit_after_the_services_have_ended_throws_nothing()
    {
        await _db.Database.OpenConnectionAsync();
        await _host.DisposeAsync();

        AddOrder();
        Assert.Equal(2, await _db.SaveChangesAsync());
        await using (var transaction = await _db.Database.BeginTransactionAsync())
        {
            AddOrder();
            await _db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        Assert.Equal(2, await OutboxRows.CountAsync(_table.Database, "Pending"));
    }

    private void AddOrder()
    {
        var order = new Order { Id = Guid.CreateVersion7() };
        _db.Orders.Add(order);
        AddMessage();
    }

    private void AddMessage()
    {
        var id = Guid.CreateVersion7();
        _outbox.Add(id, 1, new OrderPlaced(id));
    }

    private Task<long> AssertSentAsync() => OutboxRows.SentAsync(_table.Database, ++_sent, Promptly);
}

using Messaging.Inbox;
using Messaging.Inbox.Consuming;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using ReceiverService.Data;
using ReceiverService.EntityItems;

namespace ReceiverService.Tests.Inbox;

/// <summary>Mistakes of a handler. None of them may lose a message.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class HandlerFaultTests(Infrastructure infrastructure)
{
    /// <summary>PostgreSQL answers the commit of an aborted transaction with a rollback, and Npgsql does not say so.</summary>
    [Fact]
    public async Task A_handler_that_hides_a_database_error_commits_nothing_and_the_inbox_notices_it()
    {
        await using var receiver = await RunningReceiver.StartAsync(infrastructure);
        await using var scope = receiver.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var handler = new HidingHandler(services.GetRequiredService<ReceiverDbContext>());
        var transaction = new InboxTransaction(
            services.GetRequiredService<InboxContext>(), handler, services.GetRequiredService<IOptions<InboxOptions>>());

        var message = IncomingMessage.Read(Events.Created(Guid.NewGuid(), 1, "lost"), handler);
        var failure = await Assert.ThrowsAsync<PostgresException>(() => transaction.RunAsync([message], default));
        Assert.Equal(PostgresErrorCodes.InFailedSqlTransaction, failure.SqlState);
        Assert.True(Failures.IsPermanent(failure));
        Assert.Equal(0, await receiver.ScalarAsync<long>("SELECT count(*) FROM inbox_messages"));
    }

    [Fact]
    public void A_handler_that_reads_nothing_makes_a_dead_letter()
    {
        var message = IncomingMessage.Read(Events.Created(Guid.NewGuid(), 1, "lost"), new EmptyHandler());
        Assert.Equal("The handler has read nothing.", message.Failure);
    }

    private sealed class HidingHandler(ReceiverDbContext db) : IInboxHandler<EntityItemChange>
    {
        public EntityItemChange Read(IncomingMessage message) => EntityItemChange.Read(message);

        public async Task ApplyAsync(IReadOnlyList<EntityItemChange> events, CancellationToken cancellationToken)
        {
            try
            {
                await db.Database.ExecuteSqlAsync($"SELECT 1 / 0", cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DivisionByZero)
            {
                // This is the mistake.
            }
        }
    }

    private sealed class EmptyHandler : IInboxHandler<string>
    {
        public string Read(IncomingMessage message) => null!;

        public Task ApplyAsync(IReadOnlyList<string> events, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

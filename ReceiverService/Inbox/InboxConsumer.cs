using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using ReceiverService.Data;
using ServiceDefaults.Amqp;
using ServiceDefaults.Data;
using ServiceDefaults.Resilience;

namespace ReceiverService.Inbox;

/// <summary>
/// Takes messages from the broker, has them processed and accepts them, in this order. It owns the loop and the waiting;
/// one batch is <see cref="InboxProcessor"/>'s.
/// </summary>
internal sealed class InboxConsumer(
    DatabaseMigration<ReceiverDbContext> migration,
    AmqpConnection broker,
    IServiceScopeFactory scopes,
    InboxProcessor processor,
    IOptions<InboxOptions> options,
    TimeProvider time,
    ILogger<InboxConsumer> logger) : ResilientService(time, logger)
{
    private readonly InboxOptions _options = options.Value;

    /// <summary>
    /// Consumes until the link is lost or the database is. Then the link is closed, and all that was not accepted is the broker's again, in
    /// its old order, and comes back.
    /// </summary>
    protected override async Task<bool> WorkAsync(CancellationToken stoppingToken)
    {
        await migration.Completed.WaitAsync(stoppingToken);
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<ReceiverDbContext>().Database;
        await database.OpenConnectionAsync(stoppingToken);
        var connection = (NpgsqlConnection)database.GetDbConnection();
        await using var link = await broker.OpenReceiverAsync(_options.Queue, stoppingToken);

        // Bounded by the credit: the broker sends no more until something is accepted. Reading is done on the connection's own thread, while
        // the batch before is being committed.
        var deliveries = Channel.CreateUnbounded<IncomingMessage>(new() { SingleReader = true, SingleWriter = true });
        await using var closed = link.Closed.Register(() => deliveries.Writer.TryComplete());
        link.Link.Start(_options.Prefetch, (_, message) => deliveries.Writer.TryWrite(IncomingMessage.Read(message)));

        using var graceful = new CancellationTokenSource();
        await using var stopping = stoppingToken.Register(() => graceful.CancelAfter(_options.ShutdownGrace));
        while (await deliveries.Reader.WaitToReadAsync(stoppingToken))
        {
            var batch = TakeBatch(deliveries.Reader);
            await processor.ProcessAsync(batch, connection, graceful.Token);
            ReportProgress();

            // A crash here means: committed and not accepted. The messages are delivered again, and the inbox drops them.
            foreach (var message in batch)
            {
                link.Link.Accept(message.Delivery);
            }
        }

        return false;
    }

    /// <summary>What is there, up to the size of a batch: waiting for more would only make the first one late.</summary>
    private ArraySegment<IncomingMessage> TakeBatch(ChannelReader<IncomingMessage> deliveries)
    {
        var batch = new IncomingMessage[_options.BatchSize];
        var count = 0;
        while (count < batch.Length && deliveries.TryRead(out var message))
        {
            batch[count++] = message;
        }

        return new(batch, 0, count);
    }
}

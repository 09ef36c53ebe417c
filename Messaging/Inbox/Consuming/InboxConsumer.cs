using System.Threading.Channels;

namespace Messaging.Inbox.Consuming;

/// <summary>
/// Takes messages from the broker, processes them and accepts them, in this order. It owns the loop and the waiting. <see
/// cref="InboxProcessor"/> processes one batch.
/// </summary>
internal sealed partial class InboxConsumer(
    AmqpConnection broker,
    IServiceScopeFactory scopes,
    InboxReady ready,
    InboxProcessor processor,
    UnreadableMessages unreadable,
    IOptions<InboxOptions> options,
    TimeProvider time,
    ILogger<InboxConsumer> logger) : ResilientService(time, logger)
{
    private readonly InboxOptions _options = options.Value;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Fails at start, not at the first message.
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<InboxContext>().Db;
        db.ThrowIfNotInModel<InboxMessage>("inbox", nameof(InboxModel.ApplyInbox));
        return base.StartAsync(cancellationToken);
    }

    /// <summary>
    /// Consumes until the link or the database is lost. Then the link is closed. Whatever was not accepted goes back to the broker, in its
    /// old order, and comes again.
    /// </summary>
    protected override async Task<bool> WorkAsync(CancellationToken stoppingToken)
    {
        await ready.Completed.WaitAsync(stoppingToken);
        await using var scope = scopes.CreateAsyncScope();
        await CheckDatabaseAsync(scope.ServiceProvider.GetRequiredService<InboxContext>(), stoppingToken);
        var handler = scope.ServiceProvider.GetRequiredService<IInboxHandler>();
        await using var link = await broker.OpenReceiverAsync(_options.Queue!, stoppingToken);

        // Bounded by the credit: the broker sends no more until something is accepted. Messages are read on the connection's own thread,
        // while the batch before is committed.
        var deliveries = Channel.CreateUnbounded<IncomingMessage>(new() { SingleReader = true, SingleWriter = true });
        await using var closed = link.Closed.Register(() => deliveries.Writer.TryComplete());
        unreadable.BeginLink();
        link.Link.Start(_options.Prefetch, (_, delivery) => deliveries.Writer.TryWrite(Read(delivery, handler)));

        using var graceful = new CancellationTokenSource();
        await using var grace = Time.CreateTimer(_ => graceful.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var stopping = stoppingToken.Register(() => grace.Change(_options.ShutdownGrace, Timeout.InfiniteTimeSpan));
        while (await IdleAsync(deliveries.Reader.WaitToReadAsync(stoppingToken)))
        {
            var batch = TakeBatch(deliveries.Reader);
            if (batch.FirstOrDefault(message => message.MayBeDamaged) is { } damaged)
            {
                // With the link, everything that came with this delivery goes back in its order.
                ReportInterruption($"A delivery cannot be read, and may be damaged: {damaged.Failure}");
                if (IsNewInterruption)
                {
                    LogMayBeDamaged(Logger, damaged.MessageId, damaged.Failure!);
                }

                return false;
            }

            await processor.ProcessAsync(batch, graceful.Token);
            ReportProgress();
            unreadable.Forget(batch.Where(message => message.Failure is not null));

            // A crash here means: committed and not accepted. The messages are delivered again, and the inbox drops them.
            foreach (var message in batch)
            {
                link.Link.Accept(message.Delivery);
            }
        }

        ReportInterruption($"The link to queue {_options.Queue} has ended: {link.Reason}");

        // The end of a connection is in the log already.
        if (IsNewInterruption && !link.IsConnectionClosed)
        {
            LogEnded(Logger, _options.Queue!, link.Reason);
        }

        return false;
    }

    /// <summary>Opens a connection and closes it. A consumer without its database must not take messages from others.</summary>
    private static async Task CheckDatabaseAsync(InboxContext context, CancellationToken cancellationToken)
    {
        using var direct = context.ConnectDirectly();
        await context.Db.Database.OpenConnectionAsync(cancellationToken);
        await context.Db.Database.CloseConnectionAsync();
    }

    /// <summary>Reads a delivery on the connection's own thread. So all unreadable ones of a link are known before it is closed.</summary>
    private IncomingMessage Read(Message delivery, IInboxHandler handler)
    {
        var message = IncomingMessage.Read(delivery, handler);
        message.MayBeDamaged = message.Failure is not null && !unreadable.HasComeOften(message);
        return message;
    }

    /// <summary>Takes what is there, up to the size of a batch. To wait for more would only make the first message late.</summary>
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

    [LoggerMessage(2, LogLevel.Warning, "The link to queue {Queue} has ended. What was not accepted comes again: {Reason}")]
    private static partial void LogEnded(ILogger logger, string queue, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Message {MessageId} cannot be read. It may be damaged, so it is asked for again: {Reason}")]
    private static partial void LogMayBeDamaged(ILogger logger, Guid? messageId, string reason);
}

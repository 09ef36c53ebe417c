using System.Threading.Channels;
using Npgsql;

namespace ReceiverService.Inbox;

/// <summary>
/// Processes batch after batch, and records the next one while the one before is applied and committed: half of the database's work, and the
/// wait for its disk, is then done beside the other half. Effects still happen one batch after the other, in order.
/// </summary>
/// <remarks>
/// A batch that is only recorded holds nothing that the one before could wait for, unless that one fails and gives its records back: then the
/// next one is taken back as well, and recorded again afterwards.
/// </remarks>
internal sealed class InboxPipeline(
    InboxProcessor processor, InboxOptions options, NpgsqlConnection connection, NpgsqlConnection otherConnection, Action<ArraySegment<IncomingMessage>> accept)
{
    /// <summary>Processes what there is until there is no more, and accepts it batch by batch, after each commit.</summary>
    /// <param name="deliveries">Where messages are taken from.</param>
    /// <param name="stoppingToken">Ends the taking: what was begun is ended.</param>
    /// <param name="cancellationToken">Ends what was begun.</param>
    public async Task DrainAsync(ChannelReader<IncomingMessage> deliveries, CancellationToken stoppingToken, CancellationToken cancellationToken)
    {
        var (free, busy) = (connection, otherConnection);
        var current = TakeBatch(deliveries, free, cancellationToken);
        while (current is not null)
        {
            (free, busy) = (busy, free);
            var next = stoppingToken.IsCancellationRequested ? null : TakeBatch(deliveries, free, cancellationToken);
            await FinishAsync(current, next, cancellationToken);

            // A crash here means: committed and not accepted. The messages are delivered again, and the inbox drops them.
            accept(current.Messages);

            current = next;
        }
    }

    private async Task FinishAsync(InFlightBatch current, InFlightBatch? next, CancellationToken cancellationToken)
    {
        try
        {
            if (await TryCommitAsync(current, cancellationToken))
            {
                return;
            }

            await (next?.TakeBackAsync() ?? Task.CompletedTask);
            await processor.ProcessAsync(current.Messages, current.Connection, cancellationToken);
            next?.Restart();
        }
        catch
        {
            await (next?.TakeBackAsync() ?? Task.CompletedTask);
            throw;
        }
    }

    /// <returns>Whether it succeeded; false if some message spoils the batch.</returns>
    private async Task<bool> TryCommitAsync(InFlightBatch current, CancellationToken cancellationToken)
    {
        try
        {
            await using var batch = await current.Recorded;
            await processor.CommitAsync(batch, current.Messages.Count, cancellationToken);
            return true;
        }
        catch (Exception exception) when (Failures.IsPermanent(exception))
        {
            // Which message it is, and why, is for the processor to find.
            return false;
        }
    }

    /// <summary>What is there, up to the size of a batch: waiting for more would only make the first one late.</summary>
    private InFlightBatch? TakeBatch(ChannelReader<IncomingMessage> deliveries, NpgsqlConnection free, CancellationToken cancellationToken)
    {
        var batch = new List<IncomingMessage>();
        while (batch.Count < options.BatchSize && deliveries.TryRead(out var message))
        {
            batch.Add(message);
        }

        return batch.Count == 0 ? null : new InFlightBatch(batch.ToArray(), free, options, cancellationToken);
    }
}

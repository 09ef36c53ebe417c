using Microsoft.Extensions.Options;
using Npgsql;

namespace ReceiverService.Inbox;

/// <summary>
/// The idempotent consumer: in one transaction it records which messages of a batch are new and applies those, so that a message that is
/// delivered again, today or after a crash, has no second effect.
/// </summary>
internal sealed class InboxProcessor(IOptions<InboxOptions> options, InboxMetrics metrics, TimeProvider time)
{
    private readonly InboxOptions _options = options.Value;

    /// <summary>
    /// Processes a batch; when this returns, all of it is committed and may be accepted. What fails is tried again after a pause, and kept as
    /// a dead letter when its attempts are used up; the rest of the batch does not wait for it.
    /// </summary>
    /// <param name="messages">In the order in which they came.</param>
    /// <param name="connection">Open, and used by nobody else.</param>
    /// <param name="cancellationToken">Cancels what is not committed.</param>
    /// <exception cref="System.Data.Common.DbException">The database is away; nothing of what is left is committed.</exception>
    public async Task ProcessAsync(ArraySegment<IncomingMessage> messages, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var failed = await ProcessByHalvesAsync(messages, connection, cancellationToken);
        for (var attempt = 1; attempt < _options.Attempts && failed.Count > 0; attempt++)
        {
            await Task.Delay(_options.RetryDelay * Math.Pow(2, attempt - 1), time, cancellationToken);
            failed = await ProcessByHalvesAsync(failed.Select(failure => failure.Message).ToArray(), connection, cancellationToken);
        }

        foreach (var (message, reason) in failed)
        {
            await ProcessInOneTransactionAsync(new([message with { Change = null, Failure = reason }]), connection, cancellationToken);
        }
    }

    /// <summary>
    /// Processes as much as it can. One message spoils a batch, and which one is not known: halving finds it in a few transactions, and what
    /// is good around it goes through. A failure of the surroundings is not looked for in any message: it ends the attempt for all.
    /// </summary>
    /// <returns>The messages that fail by themselves, and why.</returns>
    private async Task<List<(IncomingMessage Message, string Reason)>> ProcessByHalvesAsync(
        ArraySegment<IncomingMessage> messages, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await ProcessInOneTransactionAsync(messages, connection, cancellationToken);
            return [];
        }
        catch (Exception exception) when (Failures.IsPermanent(exception) && messages.Count == 1)
        {
            return [(messages[0], exception.Message)];
        }
        catch (Exception exception) when (Failures.IsPermanent(exception))
        {
            // Outside of the catch there is nothing left of the failure: each half has its own.
        }

        var half = messages.Count / 2;
        var failed = await ProcessByHalvesAsync(messages[..half], connection, cancellationToken);
        failed.AddRange(await ProcessByHalvesAsync(messages[half..], connection, cancellationToken));
        return failed;
    }

    private async Task ProcessInOneTransactionAsync(ArraySegment<IncomingMessage> messages, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var batchSpan = messages.Count > 1 ? InboxTelemetry.StartBatch(messages.Count, _options.Queue) : null;
        var spans = InboxTelemetry.StartProcess(messages, batchSpan, _options.Queue);
        try
        {
            var fresh = await RecordAndApplyAsync(messages, connection, cancellationToken);
            InboxTelemetry.EndProcess(spans, messages);
            metrics.Record(messages.Count, fresh);
        }
        catch (Exception exception)
        {
            InboxTelemetry.EndProcess(spans, batchSpan, exception);
            throw;
        }
    }

    private async Task<IReadOnlyList<IncomingMessage>> RecordAndApplyAsync(
        ArraySegment<IncomingMessage> messages, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var fresh = await InboxTransaction.RecordAndApplyAsync(messages, _options.Consumer, connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return fresh;
    }
}

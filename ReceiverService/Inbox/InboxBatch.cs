using System.Data;
using System.Diagnostics;
using Npgsql;
using ReceiverService.DeadLetters;
using ReceiverService.EntityItems;

namespace ReceiverService.Inbox;

/// <summary>Some messages in a transaction of their own: recorded, and not yet applied. Without a commit nothing of it stays.</summary>
internal sealed class InboxBatch : IAsyncDisposable
{
    private readonly Activity? _span;
    private readonly Activity?[]? _spans;
    private readonly NpgsqlTransaction _transaction;

    private InboxBatch(Activity? span, Activity?[]? spans, NpgsqlTransaction transaction, IReadOnlyList<IncomingMessage> fresh) =>
        (_span, _spans, _transaction, Fresh) = (span, spans, transaction, fresh);

    /// <summary>The messages that are new.</summary>
    public IReadOnlyList<IncomingMessage> Fresh { get; }

    /// <summary>Begins a transaction and records which messages are new, in one round trip.</summary>
    /// <param name="messages">In the order in which they came.</param>
    /// <param name="options">In whose name, and from which queue.</param>
    /// <param name="connection">Without a transaction.</param>
    /// <param name="cancellationToken">Cancels the statements.</param>
    public static async Task<InboxBatch> RecordAsync(
        IReadOnlyList<IncomingMessage> messages, InboxOptions options, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (connection.State != ConnectionState.Open)
        {
            // What Npgsql would say about it looks like a mistake of the code's.
            throw new NpgsqlException("The connection to the database is lost.");
        }

        var span = messages.Count > 1 ? InboxTelemetry.StartBatch(messages.Count, options.Queue) : null;
        var spans = InboxTelemetry.StartProcess(messages, span, options.Queue);
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            // A crash before this means: nothing was recorded and nothing applied; the messages are delivered again.
            return new(span, spans, transaction, await InboxSql.RecordAsync(messages, options.Consumer, connection, cancellationToken));
        }
        catch (Exception exception)
        {
            InboxTelemetry.EndProcess(spans, exception);
            span?.Dispose();
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>Applies what is new, or keeps it as dead letters, and commits, in two round trips.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        Activity.Current = _span ?? _spans?[0];
        try
        {
            // A crash here, or anywhere before the commit, means: the database takes the records back; the messages are delivered again.
            await ApplyAsync(Fresh, _transaction.Connection!, cancellationToken);
            await _transaction.CommitAsync(cancellationToken);
            InboxTelemetry.EndProcess(_spans, failure: null);
        }
        catch (Exception exception)
        {
            InboxTelemetry.EndProcess(_spans, exception);
            throw;
        }
    }

    /// <summary>Applies messages, or keeps those that cannot be as dead letters, in one round trip.</summary>
    /// <param name="fresh">Messages that were recorded in the transaction of <paramref name="connection"/>.</param>
    /// <param name="connection">Whose transaction the caller commits.</param>
    /// <param name="cancellationToken">Cancels the statements.</param>
    public static async Task ApplyAsync(IReadOnlyList<IncomingMessage> fresh, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var effects = new NpgsqlBatch(connection);
        EntityItemProjection.AddTo(effects, fresh.Select(message => message.Change).OfType<EntityItemChange>());
        foreach (var message in fresh.Where(message => message.Failure is not null))
        {
            DeadLetterSql.AddTo(effects, DeadLetterContent.From(message));
        }

        if (effects.BatchCommands.Count > 0)
        {
            await effects.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        InboxTelemetry.EndProcess(_spans, failure: null);
        _span?.Dispose();
        await _transaction.DisposeAsync();
    }
}

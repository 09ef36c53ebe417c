using Npgsql;

namespace ReceiverService.Inbox;

/// <summary>A batch that is being recorded, on a connection of its own, while the one before is applied.</summary>
internal sealed class InFlightBatch
{
    private readonly InboxOptions _options;
    private readonly CancellationToken _cancellationToken;

    public InFlightBatch(
        ArraySegment<IncomingMessage> messages, NpgsqlConnection connection, InboxOptions options, CancellationToken cancellationToken)
    {
        (Messages, Connection, _options, _cancellationToken) = (messages, connection, options, cancellationToken);
        Recorded = RecordAsync();
    }

    public ArraySegment<IncomingMessage> Messages { get; }

    public NpgsqlConnection Connection { get; }

    public Task<InboxBatch> Recorded { get; private set; }

    /// <summary>Ends its transaction, so that nobody waits for what it has recorded.</summary>
    public async Task TakeBackAsync()
    {
        try
        {
            await (await Recorded).DisposeAsync();
        }
        catch (Exception) when (Recorded.IsCompleted)
        {
            // What failed to be recorded is taken back already. Whoever tries again will see why.
        }
    }

    /// <summary>Records it again, after it was taken back.</summary>
    public void Restart() => Recorded = RecordAsync();

    private Task<InboxBatch> RecordAsync() => InboxBatch.RecordAsync(Messages, _options, Connection, _cancellationToken);
}

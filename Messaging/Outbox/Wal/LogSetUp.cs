using Npgsql.Replication;

namespace Messaging.Outbox.Wal;

/// <summary>
/// The two objects by which a database hands out its write-ahead log. A publication says which changes: "A publication is a set of changes
/// generated from a table or a group of tables" (PostgreSQL, 31.1). A slot remembers how far a reader has come: "a slot represents a stream
/// of changes that can be replayed to a client in the order they were made on the origin server" (PostgreSQL, 49.2).
/// </summary>
internal sealed partial class LogSetUp(OutboxDatabase database, LogDatabase log, ILogger<LogSetUp> logger)
{
    public const string Publication = "outbox_messages";

    /// <summary>Slots belong to the server. So the name of the slot contains the number of the database.</summary>
    public const string SlotName = "(SELECT 'outbox_' || oid FROM pg_database WHERE datname = current_database())";

    /// <summary>
    /// Removes the slot if nobody reads from it. A slot without a reader makes the server keep its log. The relay that polls asks for this
    /// every minute; a relay that follows the log creates its slot again.
    /// </summary>
    public const string DropUnusedSlot = $"""
        SELECT pg_drop_replication_slot(slot_name)
        FROM pg_replication_slots JOIN pg_roles ON rolname = current_user AND (rolreplication OR rolsuper)
        WHERE slot_name = {SlotName} AND NOT active
        """;

    /// <summary>True if the publication has the inserts into the table. Otherwise it publishes nothing, and nobody would notice.</summary>
    public const string IsPublished = $"""
        EXISTS (
            SELECT FROM pg_publication_tables JOIN pg_publication USING (pubname)
            WHERE pubname = '{Publication}' AND pubinsert AND tablename = 'outbox_messages')
        """;

    /// <summary>Several instances may do this at once.</summary>
    private const string CreatePublication = $"""
        DO $$ BEGIN
            IF NOT {IsPublished} THEN
                DROP PUBLICATION IF EXISTS {Publication};
                CREATE PUBLICATION {Publication} FOR TABLE outbox_messages WITH (publish = 'insert');
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$
        """;

    /// <summary>A slot that is lost is of no use any more: the server has removed log that was not read yet.</summary>
    private const string DropLostSlot = $"""
        SELECT slot_name::text, pg_drop_replication_slot(slot_name) FROM pg_replication_slots
        WHERE slot_name = {SlotName} AND wal_status = 'lost'
        """;

    /// <summary>Waits for all transactions that are open. Returns a row if there was no slot.</summary>
    private const string CreateSlot = $"""
        SELECT slot_name::text FROM pg_create_logical_replication_slot({SlotName}, 'pgoutput')
        WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = {SlotName})
        """;

    /// <summary>True if this process has seen the slot.</summary>
    private bool _hasSeenSlot;

    /// <summary>Checks that the server lets this service read the log, and creates the publication.</summary>
    /// <exception cref="ConfigurationException">It does not. The message says what to do.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        const string Otherwise = "or set Outbox:Relay to Polling.";
        await using var session = await database.OpenAsync(cancellationToken);
        try
        {
            await using var connection = await log.OpenAsync(session, cancellationToken);
            if (await connection.Show("wal_level", cancellationToken) is not "logical" and var level)
            {
                throw new ConfigurationException(
                    $"Outbox:Relay is Wal, but the server's wal_level is {level}: set it to logical and restart the server, {Otherwise}");
            }
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new ConfigurationException(
                "Outbox:Relay is Wal, but the user of the database may not read the log: "
                + $"run ALTER ROLE \"{session.UserName}\" REPLICATION, {Otherwise}");
        }
        catch (NpgsqlException exception) when (exception is { IsTransient: false, InnerException: null } and not PostgresException)
        {
            // Npgsql refuses before it asks the server. The session of the relay has got its password from the provider.
            throw new ConfigurationException(
                "Outbox:Relay is Wal, but the connection string has no password, and a password provider does not reach the connection "
                + $"that reads the log: add the password, {Otherwise}");
        }

        try
        {
            await using var create = new NpgsqlCommand(CreatePublication, session);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new ConfigurationException(
                "Outbox:Relay is Wal, but the user of the database may not create the publication: let the owner of the table run "
                + $"CREATE PUBLICATION {Publication} FOR TABLE outbox_messages WITH (publish = 'insert'), {Otherwise}");
        }
    }

    /// <summary>Makes sure that there is a slot, and connects to read from it. What was committed before is in the table.</summary>
    /// <returns>The connection, and the name of the slot.</returns>
    public async Task<(LogicalReplicationConnection Connection, string Slot)> OpenAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);

        // A crash here means: there is no slot, or a slot of which nothing was read. The next relay finds out.
        await using var drop = new NpgsqlCommand(DropLostSlot, session);
        var isLost = await drop.ExecuteScalarAsync(cancellationToken) is not null;

        // A transaction that is open may take longer than any time limit. Meanwhile the relay reads the table.
        await using var create = new NpgsqlCommand(CreateSlot, session) { CommandTimeout = 0 };
        isLost |= await create.ExecuteScalarAsync(cancellationToken) is not null && _hasSeenSlot;
        if (isLost)
        {
            LogLost(logger);
        }

        await using var name = new NpgsqlCommand($"SELECT {SlotName}", session);
        var slot = (string)(await name.ExecuteScalarAsync(cancellationToken))!;
        _hasSeenSlot = true;
        return (await log.OpenAsync(session, cancellationToken), slot);
    }

    [LoggerMessage(1, LogLevel.Warning, "The replication slot was lost. The relay has a new one, and reads the table: nothing is lost")]
    private static partial void LogLost(ILogger logger);
}

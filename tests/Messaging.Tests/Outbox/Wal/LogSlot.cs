using Messaging.Outbox.Wal;

namespace Messaging.Tests.Outbox.Wal;

/// <summary>The replication slot of a database, as the server sees it.</summary>
internal static class LogSlot
{
    private const string Here = $"FROM pg_replication_slots WHERE slot_name = {LogSetUp.SlotName}";

    /// <summary>Where the log ends now.</summary>
    public static Task<string> EndAsync(string database) =>
        Sql.ScalarAsync<string>(database, "SELECT pg_current_wal_insert_lsn()::text");

    public static Task<long> CountAsync(string database) => Sql.ScalarAsync<long>(database, $"SELECT count(*) {Here}");

    public static Task<bool> IsActiveAsync(string database) =>
        Sql.ScalarAsync<bool>(database, $"SELECT coalesce((SELECT active {Here}), false)");

    /// <summary>True if the slot's confirmed position is behind <paramref name="position"/>.</summary>
    public static Task<bool> IsConfirmedAsync(string database, string position) =>
        Sql.ScalarAsync<bool>(database, $"SELECT coalesce((SELECT confirmed_flush_lsn > '{position}' {Here}), false)");

    /// <summary>Waits until the relay takes messages from the log: only then it confirms a position.</summary>
    public static async Task FollowedAsync(OutboxTable table)
    {
        await Eventually.GetAsync(() => IsActiveAsync(table.Database), isActive => isActive);
        var before = await EndAsync(table.Database);
        await table.AddAsync(Guid.CreateVersion7(), 1);
        await Eventually.GetAsync(() => IsConfirmedAsync(table.Database, before), isConfirmed => isConfirmed);
    }

    /// <summary>Drops the slot, also while a relay reads from it.</summary>
    public static async Task DropAsync(string database)
    {
        await Sql.ExecuteAsync(database, $"SELECT pg_terminate_backend(active_pid, 10000) {Here}");
        await Sql.ExecuteAsync(database, $"SELECT pg_drop_replication_slot(slot_name) {Here}");
    }

    /// <summary>Writes so much log that the server keeps no more of it for a slot that nobody reads from.</summary>
    public static async Task LoseAsync(string database)
    {
        // A segment is 16 MB, and the server keeps 1 GB.
        await Eventually.GetAsync(
            async () =>
            {
                for (var segment = 0; segment < 17; segment++)
                {
                    await Sql.ExecuteAsync(database, "SELECT pg_logical_emit_message(false, 'a test', ''), pg_switch_wal()");
                }

                await Sql.ExecuteAsync(database, "CHECKPOINT");
                return await Sql.ScalarAsync<string>(database, $"SELECT wal_status {Here}");
            },
            status => status == "lost");
    }
}

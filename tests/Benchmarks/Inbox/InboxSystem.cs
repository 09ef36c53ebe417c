using Npgsql;

namespace Benchmarks.Inbox;

/// <summary>Instances of the receiver on one database.</summary>
internal sealed class InboxSystem(string database, string queue, IReadOnlyList<ServiceInstance> receivers, int existing) : IAsyncDisposable
{
    /// <summary>The ids of new messages begin with the time, those of old rows with zeros.</summary>
    private const string LastOldId = "00000000-ffff-ffff-ffff-ffffffffffff";

    public IReadOnlyList<ServiceInstance> Receivers => receivers;

    /// <param name="infrastructure">Database server and broker.</param>
    /// <param name="instances">How many receivers.</param>
    /// <param name="existing">How many messages are already applied.</param>
    public static async Task<InboxSystem> StartAsync(Infrastructure infrastructure, int instances, int existing = 0)
    {
        // The receiver waits for a lock while the queue is filled. On some brokers this takes longer than its default time limit.
        var database = await infrastructure.CreateServiceDatabaseAsync() + ";Command Timeout=600";
        var queue = Infrastructure.NewQueue();
        var receivers = new List<ServiceInstance>();
        for (var i = 0; i < instances; i++)
        {
            receivers.Add(await ReleasedService.StartAsync(
                "ReceiverService",
                $"ConnectionStrings:receiverdb={database}",
                $"ConnectionStrings:artemis={infrastructure.Broker}",
                $"Inbox:Queue={queue}"));
        }

        return new(database, queue, receivers, existing);
    }

    /// <summary>Fills the queue while the receivers' first transactions wait for a lock. Then the lock is released.</summary>
    public async Task<Throughput> DrainAsync(Backlog backlog, int messages)
    {
        await LeaveOldRowsAsync();
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("LOCK TABLE inbox_messages", connection);
        await hold.ExecuteNonQueryAsync();
        var last = await backlog.FillAsync(queue, messages);
        var before = await Usage.OfAsync(receivers);
        await using var now = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var started = (DateTime)(await now.ExecuteScalarAsync())!;
        await transaction.CommitAsync();

        await Eventually.GetAsync(() => IsDrainedAsync(last, messages), isDrained => isDrained, TimeSpan.FromMinutes(20));
        var after = await Usage.OfAsync(receivers);

        // This is the database's clock. It stamps every row with the start of its transaction.
        var ended = await Sql.ScalarAsync<DateTime>(database, "SELECT max(processed_at) FROM inbox_messages");
        return after.Since(before, messages, messages / (ended - started).TotalSeconds);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var receiver in receivers)
        {
            await receiver.DisposeAsync();
        }
    }

    /// <summary>The last message is not enough: several receivers do not apply all of them in one order.</summary>
    private async Task<bool> IsDrainedAsync(Guid last, int messages) =>
        await Sql.ScalarAsync<bool>(database, $"SELECT EXISTS (SELECT FROM inbox_messages WHERE message_id = '{last}')")
        && await Sql.ScalarAsync<long>(database, $"SELECT count(*) FROM inbox_messages WHERE message_id > '{LastOldId}'") == messages;

    /// <summary>
    /// Makes the table new, with its old rows. To delete only the others would leave pages that the next round writes again as a whole.
    /// </summary>
    private async Task LeaveOldRowsAsync()
    {
        await Sql.ExecuteAsync(database, "TRUNCATE inbox_messages");
        await Sql.ExecuteAsync(database, $"""
            INSERT INTO inbox_messages (message_id, consumer, type, processed_at)
            SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '{queue}', 'EntityItemUpdated', now() - interval '1 hour'
            FROM generate_series(1, {existing}) AS i
            """);
        await Sql.ExecuteAsync(database, "VACUUM ANALYZE inbox_messages");
        await Sql.ExecuteAsync(database, "CHECKPOINT"); // millions of rows: the disk would write them while it is measured
    }
}

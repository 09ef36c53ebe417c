using System.Net.Http.Json;

namespace Benchmarks.Relay;

/// <summary>Instances of the sender on one database, each with a relay.</summary>
internal sealed class RelaySystem(string database, string queue, IReadOnlyList<ServiceInstance> senders, int existing) : IAsyncDisposable
{
    private const int Aggregates = 5_000;
    private const int Requests = 300;

    /// <summary>Old rows are from before the first aggregate version.</summary>
    private const string IsNew = "aggregate_version > 0";

    private const string Columns =
        "(message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts, sent_at)";

    public string Database => database;

    public string Queue => queue;

    public IReadOnlyList<ServiceInstance> Senders => senders;

    /// <summary>The most memory that the first sender had so far, as it was seen while it drained.</summary>
    public long MostMemory { get; private set; }

    /// <param name="infrastructure">Database server and broker.</param>
    /// <param name="instances">How many senders.</param>
    /// <param name="existing">How many messages are already sent.</param>
    /// <param name="relay">The kind of relay: Polling, Wal, or null for that of the environment.</param>
    public static async Task<RelaySystem> StartAsync(
        Infrastructure infrastructure, int instances, int existing = 0, string? relay = null)
    {
        var database = await infrastructure.CreateServiceDatabaseAsync() + ";Command Timeout=600";
        var queue = Infrastructure.NewQueue();
        string[] setting = relay is null ? [] : [$"Outbox:Relay={relay}"];
        var senders = new List<ServiceInstance>();
        for (var i = 0; i < instances; i++)
        {
            senders.Add(await ReleasedService.StartAsync(
                "SenderService",
                [
                    $"ConnectionStrings:senderdb={database}",
                    $"ConnectionStrings:artemis={infrastructure.Broker}",
                    $"Outbox:Queue={queue}",
                    .. setting,
                ]));
        }

        return new(database, queue, senders, existing);
    }

    /// <summary>Commits a backlog in one transaction, and waits until its last message is marked as sent.</summary>
    public async Task<Throughput> DrainAsync(int messages)
    {
        await AddBacklogAsync(messages);
        return await WaitUntilDrainedAsync(messages);
    }

    /// <summary>Commits a backlog in one transaction.</summary>
    public async Task AddBacklogAsync(int messages)
    {
        await LeaveOldRowsAsync();
        await Sql.ExecuteAsync(database, $"""
            INSERT INTO outbox_messages {Columns}
            -- Ids that are in order, as those of version 7 are.
            SELECT (lpad(to_hex(i), 8, '0') || '-0000-7000-8000-' || substr(md5(random()::text), 1, 12))::uuid,
                'EntityItemCreated', md5((i % {Aggregates})::text)::uuid, i, i % {Aggregates} % 16,
                json_build_object('id', gen_random_uuid(), 'name', repeat('x', 400), 'value', i),
                json_build_object('correlationId', gen_random_uuid(),
                    'traceParent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'),
                now(), 'Pending', 0, NULL
            FROM generate_series(1, {messages}) AS i
            """);
    }

    /// <summary>Waits until the last message of a backlog is marked as sent.</summary>
    public async Task<Throughput> WaitUntilDrainedAsync(int messages)
    {
        var before = await Usage.OfAsync(senders);
        await Eventually.GetAsync(IsDrainedAsync, isDrained => isDrained, TimeSpan.FromMinutes(20));
        var after = await Usage.OfAsync(senders);

        // This is the database's clock, which stamps every mark. The time runs from the first batch, which does not count, to the last.
        var seconds = await Sql.ScalarAsync<double>(
            database, $"SELECT extract(epoch FROM max(sent_at) - min(sent_at))::float8 FROM outbox_messages WHERE {IsNew}");
        var first = await Sql.ScalarAsync<long>(database, $"""
            SELECT count(*) FROM outbox_messages
            WHERE {IsNew} AND sent_at = (SELECT min(sent_at) FROM outbox_messages WHERE {IsNew})
            """);
        return after.Since(before, messages, (messages - first) / seconds);
    }

    /// <summary>Measures one request after another. The relay has nothing else to do.</summary>
    public async Task MeasureLatencyAsync(string name)
    {
        using var client = new HttpClient { BaseAddress = senders[0].Address };
        await Sql.ExecuteAsync(database, "TRUNCATE outbox_messages");
        for (var i = 0; i < Requests; i++)
        {
            using var created = await client.PostAsJsonAsync("/api/EntityItems", new { name = "one after the other", value = i });
            created.EnsureSuccessStatusCode();
            await Eventually.GetAsync(
                () => Sql.ScalarAsync<bool>(database, "SELECT NOT EXISTS (SELECT FROM outbox_messages WHERE status = 'Pending')"),
                isSent => isSent);
        }

        // From the change, before its commit, to the mark, after the broker's acceptance. This is a little more than from commit to
        // acceptance.
        var latencies = new Spread(await Sql.ScalarAsync<double[]>(
            database, "SELECT array_agg(1000 * extract(epoch FROM sent_at - occurred_at)::float8) FROM outbox_messages"));
        Table.Add($"{name}, one message alone: change to mark, ms", latencies.ToPercentiles());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sender in senders)
        {
            await sender.DisposeAsync();
        }
    }

    /// <summary>
    /// Makes the table new, with its old rows. To delete only the others would leave pages that the next round writes again as a whole.
    /// </summary>
    private async Task LeaveOldRowsAsync()
    {
        await Sql.ExecuteAsync(database, "TRUNCATE outbox_messages");
        await Sql.ExecuteAsync(database, $$"""
            INSERT INTO outbox_messages {{Columns}}
            SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'EntityItemCreated', md5(i::text)::uuid, 0, i % 16,
                '{}', '{}', now() - interval '1 hour', 'Sent', 0, now() - interval '1 hour'
            FROM generate_series(1, {{existing}}) AS i
            """);
        await Sql.ExecuteAsync(database, "VACUUM ANALYZE outbox_messages");
        await Sql.ExecuteAsync(database, "CHECKPOINT"); // millions of rows: the disk would write them while it is measured
    }

    private async Task<bool> IsDrainedAsync()
    {
        MostMemory = Math.Max(MostMemory, senders[0].WorkingSet);
        return await Sql.ScalarAsync<string>(database, "SELECT status FROM outbox_messages ORDER BY message_id DESC LIMIT 1") == "Sent"
            && await Sql.ScalarAsync<bool>(database, "SELECT NOT EXISTS (SELECT FROM outbox_messages WHERE status = 'Pending')");
    }
}

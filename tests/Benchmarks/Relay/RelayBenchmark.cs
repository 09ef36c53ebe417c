using System.Net.Http.Json;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Benchmarks.Relay;

/// <summary>
/// How fast the relay drains a backlog, compared with the same AMQP client that only sends the same messages to the same broker.
/// </summary>
internal static class RelayBenchmark
{
    private const int Messages = 50_000;
    private const int Aggregates = 5_000;
    private const int Requests = 300;
    private const int InFlight = 1_000;

    public static async Task RunAsync()
    {
        var infrastructure = new Infrastructure();
        try
        {
            await infrastructure.InitializeAsync();
            var database = await infrastructure.CreateDatabaseAsync();
            await using var sender = await ReleasedService.StartAsync(
                "SenderService",
                $"ConnectionStrings:senderdb={database}",
                $"ConnectionStrings:artemis={infrastructure.Broker}",
                "Outbox:Queue=relay");
            var connection = await infrastructure.ConnectAsync();
            Message? sample = null;
            await Comparison.RunAsync(
                "relay",
                ">= 0.85",
                sender,
                async () =>
                {
                    var drained = await DrainAsync(sender, database);
                    sample = await TakeAsync(connection, "relay", Messages);
                    return drained;
                },
                async () =>
                {
                    var sent = await RawSender.SendAsync(connection, "raw", sample!, Messages, InFlight);
                    await TakeAsync(connection, "raw", Messages);
                    return sent;
                });
            await MeasureLatencyAsync(sender, database);
            await connection.CloseAsync();
        }
        finally
        {
            await infrastructure.DisposeAsync();
        }
    }

    /// <summary>Measures one request after another. The relay has nothing else to do.</summary>
    private static async Task MeasureLatencyAsync(ServiceInstance sender, string database)
    {
        using var client = new HttpClient { BaseAddress = sender.Address };
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
        Table.Add("relay, one message alone: change to mark, ms", latencies.ToPercentiles());
    }

    /// <summary>Commits a backlog in one transaction, and waits until its last message is marked as sent.</summary>
    private static async Task<Throughput> DrainAsync(ServiceInstance sender, string database)
    {
        await Sql.ExecuteAsync(database, $"""
            TRUNCATE outbox_messages;
            INSERT INTO outbox_messages
                (message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts)
            -- Ids that are in order, as those of version 7 are.
            SELECT (lpad(to_hex(i), 8, '0') || '-0000-7000-8000-' || substr(md5(random()::text), 1, 12))::uuid,
                'EntityItemCreated', md5((i % {Aggregates})::text)::uuid, i, i % {Aggregates} % 16,
                json_build_object('id', gen_random_uuid(), 'name', repeat('x', 400), 'value', i),
                json_build_object('correlationId', gen_random_uuid(),
                    'traceParent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'),
                now(), 'Pending', 0
            FROM generate_series(1, {Messages}) AS i
            """);
        var processorTime = sender.ProcessorTime;
        await Eventually.GetAsync(
            async () =>
                await Sql.ScalarAsync<string>(database, "SELECT status FROM outbox_messages ORDER BY message_id DESC LIMIT 1") == "Sent"
                && await Sql.ScalarAsync<bool>(database, "SELECT NOT EXISTS (SELECT FROM outbox_messages WHERE status = 'Pending')"),
            isDrained => isDrained,
            TimeSpan.FromMinutes(5));

        // This is the database's clock, which stamps every mark. The time runs from the first batch, which does not count, to the last.
        var seconds = await Sql.ScalarAsync<double>(
            database, "SELECT extract(epoch FROM max(sent_at) - min(sent_at))::float8 FROM outbox_messages");
        var first = await Sql.ScalarAsync<long>(
            database, "SELECT count(*) FROM outbox_messages WHERE sent_at = (SELECT min(sent_at) FROM outbox_messages)");
        return new((Messages - first) / seconds, (sender.ProcessorTime - processorTime) / Messages);
    }

    /// <summary>Empties a queue.</summary>
    /// <returns>The last message.</returns>
    private static async Task<Message> TakeAsync(Connection connection, string queue, int count)
    {
        var session = new Session(connection);
        var source = new Source { Address = queue, Durable = 2, Capabilities = [new Symbol("queue")] };
        var receiver = new ReceiverLink(session, $"take-{queue}", source, null);
        receiver.SetCredit(1000);
        Message? last = null;
        for (var i = 0; i < count; i++)
        {
            last = await receiver.ReceiveAsync(TimeSpan.FromMinutes(1))
                ?? throw new InvalidOperationException($"{queue} ends after {i} messages.");
            receiver.Accept(last);
        }

        await session.CloseAsync();
        return last!;
    }
}

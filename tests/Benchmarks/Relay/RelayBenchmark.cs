using System.Net.Http.Json;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Benchmarks.Relay;

/// <summary>
/// How fast relays drain a backlog, compared with the same AMQP client that only sends the same messages to the same broker, and with a
/// relay whose table has no old rows.
/// </summary>
internal static class RelayBenchmark
{
    private const int Requests = 300;
    private const int InFlight = 1_000;
    private const int Million = 1_000_000;
    private static readonly int[] Instances = [1, 3];

    public static int Messages => Settings.Messages ?? 50_000;

    public static Task RunAsync() => Servers.UseAsync(async infrastructure =>
    {
        var connection = await infrastructure.ConnectAsync();
        foreach (var instances in Instances)
        {
            await CompareWithClientAsync(infrastructure, connection, instances);
        }

        foreach (var existing in ExistingRows.Counts)
        {
            await CompareWithEmptyTableAsync(infrastructure, connection, existing);
        }

        if (Settings.Large)
        {
            await using var relay = await RelaySystem.StartAsync(infrastructure, instances: 1);
            var draining = relay.DrainAsync(Million);
            await TakeAsync(connection, relay.Queue, Million);
            await draining;
            Table.Add("relay: most memory with 1,000,000 pending, MiB", $"{relay.MostMemory >> 20}");
        }

        await connection.CloseAsync();
    });

    /// <summary>Measures one request after another. The relay has nothing else to do.</summary>
    public static async Task MeasureLatencyAsync(string name, RelaySystem relay)
    {
        using var client = new HttpClient { BaseAddress = relay.Senders[0].Address };
        await Sql.ExecuteAsync(relay.Database, "TRUNCATE outbox_messages");
        for (var i = 0; i < Requests; i++)
        {
            using var created = await client.PostAsJsonAsync("/api/EntityItems", new { name = "one after the other", value = i });
            created.EnsureSuccessStatusCode();
            await Eventually.GetAsync(
                () => Sql.ScalarAsync<bool>(
                    relay.Database, "SELECT NOT EXISTS (SELECT FROM outbox_messages WHERE status = 'Pending')"),
                isSent => isSent);
        }

        // From the change, before its commit, to the mark, after the broker's acceptance. This is a little more than from commit to
        // acceptance.
        var latencies = new Spread(await Sql.ScalarAsync<double[]>(
            relay.Database, "SELECT array_agg(1000 * extract(epoch FROM sent_at - occurred_at)::float8) FROM outbox_messages"));
        Table.Add($"{name}, one message alone: change to mark, ms", latencies.ToPercentiles());
    }

    /// <summary>Empties a queue.</summary>
    /// <returns>The last message.</returns>
    public static async Task<Message> TakeAsync(Connection connection, string queue, int count)
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

    private static async Task CompareWithClientAsync(Infrastructure infrastructure, Connection connection, int instances)
    {
        await using var relay = await RelaySystem.StartAsync(infrastructure, instances);
        var name = instances == 1 ? "relay" : $"{instances} relays";
        Message? sample = null;
        await Comparison.RunAsync(
            name,
            asked: 0.85,
            Settings.Rounds,
            async () =>
            {
                var drained = await relay.DrainAsync(Messages);
                sample = await TakeAsync(connection, relay.Queue, Messages);
                return drained;
            },
            async () =>
            {
                var sent = await RawSender.SendAsync(connection, "raw", sample!, Messages, InFlight);
                await TakeAsync(connection, "raw", Messages);
                return sent;
            });
        Comparison.ReportProcesses(name, relay.Senders);
        if (instances == 1)
        {
            await MeasureLatencyAsync("relay", relay);
        }
    }

    private static async Task CompareWithEmptyTableAsync(Infrastructure infrastructure, Connection connection, int existing)
    {
        await using var full = await RelaySystem.StartAsync(infrastructure, instances: 1, existing);
        await using var empty = await RelaySystem.StartAsync(infrastructure, instances: 1);
        await Comparison.RunAsync(
            $"relay, {ExistingRows.NameOf(existing)} old rows beside none",
            asked: 0.9,
            Settings.LongRounds,
            () => DrainAsync(full),
            () => DrainAsync(empty));

        async Task<Throughput> DrainAsync(RelaySystem relay)
        {
            var drained = await relay.DrainAsync(Messages);
            await TakeAsync(connection, relay.Queue, Messages);
            return drained;
        }
    }
}

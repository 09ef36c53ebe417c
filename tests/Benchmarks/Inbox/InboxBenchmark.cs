using System.Diagnostics;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Npgsql;

namespace Benchmarks.Inbox;

/// <summary>
/// How fast the receiver drains a queue, compared with the same AMQP client that only receives and accepts the same messages.
/// </summary>
internal static class InboxBenchmark
{
    private const int Messages = 50_000;

    /// <summary>The default of the receiver.</summary>
    private const int Prefetch = 2_000;

    public static async Task RunAsync()
    {
        var infrastructure = new Infrastructure();
        try
        {
            await infrastructure.InitializeAsync();
            // The receiver waits for a lock while the queue is filled. On some brokers this takes longer than its default time limit.
            var database = await infrastructure.CreateDatabaseAsync() + ";Command Timeout=300";
            await using var receiver = await ReleasedService.StartAsync(
                "ReceiverService",
                $"ConnectionStrings:receiverdb={database}",
                $"ConnectionStrings:artemis={infrastructure.Broker}",
                "Inbox:Queue=inbox");
            var connection = await infrastructure.ConnectAsync();
            var backlog = new Backlog(connection);
            await Comparison.RunAsync(
                "receiver",
                ">= 0.35 on Artemis, >= 0.9 on RabbitMQ",
                receiver,
                () => DrainAsync(receiver, database, backlog),
                async () =>
                {
                    await backlog.FillAsync("raw", Messages);
                    return await TakeAsync(connection);
                });
            await connection.CloseAsync();
        }
        finally
        {
            await infrastructure.DisposeAsync();
        }
    }

    /// <summary>Fills the queue while the receiver's first transaction waits for a lock. Then the lock is released.</summary>
    private static async Task<Throughput> DrainAsync(ServiceInstance receiver, string database, Backlog backlog)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("TRUNCATE inbox_messages", connection);
        await hold.ExecuteNonQueryAsync();
        var last = await backlog.FillAsync("inbox", Messages);
        var processorTime = receiver.ProcessorTime;
        await using var now = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var started = (DateTime)(await now.ExecuteScalarAsync())!;
        await transaction.CommitAsync();

        await Eventually.GetAsync(
            () => Sql.ScalarAsync<bool>(database, $"SELECT EXISTS (SELECT FROM inbox_messages WHERE message_id = '{last}')"),
            drained => drained,
            TimeSpan.FromMinutes(5));

        // This is the database's clock. It stamps every row with the start of its transaction.
        var ended = await Sql.ScalarAsync<DateTime>(database, "SELECT max(processed_at) FROM inbox_messages");
        return new(Messages / (ended - started).TotalSeconds, (receiver.ProcessorTime - processorTime) / Messages);
    }

    private static async Task<Throughput> TakeAsync(Connection connection)
    {
        var session = new Session(connection);
        var source = new Source { Address = "raw", Durable = 2, Capabilities = [new Symbol("queue")] };
        var link = new ReceiverLink(session, "take", source, null);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = 0;
        var processorTime = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        link.Start(Prefetch, (receiver, message) =>
        {
            receiver.Accept(message);
            if (++taken == Messages)
            {
                done.SetResult();
            }
        });
        await done.Task;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        processorTime = Environment.CpuUsage.TotalTime - processorTime;
        await session.CloseAsync();
        return new(Messages / seconds, processorTime / Messages);
    }
}

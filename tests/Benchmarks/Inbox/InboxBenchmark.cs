using System.Diagnostics;
using Amqp;
using Messaging.Amqp;

namespace Benchmarks.Inbox;

/// <summary>
/// How fast receivers drain a queue, compared with the same AMQP client that only receives and accepts the same messages, and with a
/// receiver whose table has no old rows.
/// </summary>
internal static class InboxBenchmark
{
    /// <summary>The default of the receiver.</summary>
    private const int Prefetch = 2_000;

    private static readonly int[] Instances = [1, 2];

    private static int Messages => Settings.Messages ?? 50_000;

    public static Task RunAsync() => Servers.UseAsync(async infrastructure =>
    {
        var connection = await infrastructure.ConnectAsync();
        var backlog = new Backlog(connection);

        // Artemis hands out messages faster than two durable rows for each can be made.
        var asked = await infrastructure.IsRabbitMqAsync() ? 0.9 : 0.35;
        foreach (var instances in Instances)
        {
            await using var inbox = await InboxSystem.StartAsync(infrastructure, instances);
            var name = instances == 1 ? "receiver" : $"{instances} receivers";
            await Comparison.RunAsync(
                name,
                asked,
                Settings.Rounds,
                () => inbox.DrainAsync(backlog, Messages),
                async () =>
                {
                    await backlog.FillAsync("raw", Messages);
                    return await TakeAsync(connection);
                });
            Comparison.ReportProcesses(name, inbox.Receivers);
        }

        foreach (var existing in ExistingRows.Counts)
        {
            await using var full = await InboxSystem.StartAsync(infrastructure, instances: 1, existing);
            await using var empty = await InboxSystem.StartAsync(infrastructure, instances: 1);
            await Comparison.RunAsync(
                $"receiver, {ExistingRows.NameOf(existing)} old rows beside none",
                asked: 0.9,
                Settings.LongRounds,
                () => full.DrainAsync(backlog, Messages),
                () => empty.DrainAsync(backlog, Messages));
        }

        await connection.CloseAsync();
    });

    private static async Task<Throughput> TakeAsync(Connection connection)
    {
        var session = new Session(connection);
        var link = new ReceiverLink(session, "take", AmqpQueue.Source("raw"), null);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = 0;
        var before = Usage.OfBenchmark;
        var started = Stopwatch.GetTimestamp();
        link.Start(Prefetch, (receiver, message) =>
        {
            receiver.Accept(message);
            if (++taken == Messages)
            {
                done.SetResult();
            }
        });
        await done.Task.WaitAsync(TimeSpan.FromMinutes(5));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = Usage.OfBenchmark;
        await session.CloseAsync();
        return after.Since(before, Messages, Messages / seconds);
    }
}

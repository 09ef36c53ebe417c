using Benchmarks.EndToEnd;

namespace Benchmarks.Peers;

/// <summary>What was seen of one system in one situation.</summary>
/// <param name="Times">From commit to commit.</param>
/// <param name="PerSecond">Messages per second, in the sense of the situation.</param>
/// <param name="CommitsPerSecond">Commits of the sender per second, while it was asked for as many as it can.</param>
/// <param name="ProcessorTime">Processor time of both processes per message.</param>
/// <param name="Behind">Messages that were still not applied when the time was over.</param>
internal sealed record Outcome(CommitTimes Times, double PerSecond, double CommitsPerSecond, TimeSpan ProcessorTime, long Behind);

/// <summary>A situation in which all systems are measured.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="HasWire">True if it cuts the sender from the broker.</param>
/// <param name="MakeAsync">Makes the situation.</param>
internal sealed record Situation(string Name, bool HasWire, Func<Pair, Task<Outcome>> MakeAsync)
{
    private const int Connections = 16;
    private const double LiveRate = 200;
    private static readonly TimeSpan LiveTime = TimeSpan.FromSeconds(20);

    /// <summary>A system that is not ready by then is reported with what is left.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Messages that wait, or that are sent at once.</summary>
    private static int Messages => Settings.Messages ?? 20_000;

    public static IReadOnlyList<Situation> All { get; } =
    [
        new($"live at {LiveRate}/s", HasWire: false, RunLiveAsync),
        new("flat out", HasWire: false, RunFlatOutAsync),
        new("after an outage of the broker", HasWire: true, RunBrokerOutageAsync),
        new("after an outage of the consumer", HasWire: false, RunConsumerOutageAsync),
    ];

    private static Task<Outcome> RunLiveAsync(Pair pair) =>
        RunAsync(pair, load => load.RunAsync(duration: LiveTime, perSecond: LiveRate), () => Task.CompletedTask, SinceFirstCommit);

    private static Task<Outcome> RunFlatOutAsync(Pair pair) =>
        RunAsync(pair, load => load.RunAsync(Messages), () => Task.CompletedTask, SinceFirstCommit);

    /// <summary>Counts from the moment when the broker can be reached again.</summary>
    private static async Task<Outcome> RunBrokerOutageAsync(Pair pair)
    {
        var restored = DateTime.MaxValue;
        pair.CutBroker();
        return await RunAsync(
            pair,
            load => load.RunAsync(Messages),
            async () =>
            {
                restored = await Sql.ScalarAsync<DateTime>(pair.SenderDatabase, "SELECT clock_timestamp()");
                pair.RestoreBroker();
            },
            times => times.LastApplied - restored);
    }

    /// <summary>Counts from the first commit of the consumer: how long its process needs to start is another question.</summary>
    private static async Task<Outcome> RunConsumerOutageAsync(Pair pair)
    {
        await pair.StopReceiverAsync();
        return await RunAsync(
            pair, load => load.RunAsync(Messages), pair.RestartReceiverAsync, times => times.LastApplied - times.FirstApplied);
    }

    private static TimeSpan SinceFirstCommit(CommitTimes times) => times.LastApplied - times.FirstCommit;

    private static async Task<Outcome> RunAsync(
        Pair pair, Func<Load, Task<LoadResult>> send, Func<Task> endOutage, Func<CommitTimes, TimeSpan> length)
    {
        using var load = new Load(pair.Sender.Address!, Connections, pair.Entities);
        var processorTime = pair.ProcessorTime;
        var answers = await send(load);
        await endOutage();
        var behind = await pair.DrainAsync(Patience);
        processorTime = pair.ProcessorTime - processorTime;
        var times = await pair.ReadCommitTimesAsync();
        return new(
            times,
            times.Milliseconds.Count / length(times).TotalSeconds,
            answers.PerSecond,
            processorTime / answers.Milliseconds.Count,
            behind);
    }
}

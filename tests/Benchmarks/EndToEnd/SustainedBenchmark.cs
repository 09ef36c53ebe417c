using System.Globalization;

namespace Benchmarks.EndToEnd;

/// <summary>
/// How many messages per second go from the POST to the projection for a minute, with everything on the same machine. The clients wait
/// while the receiver is behind, so the backlog cannot grow.
/// </summary>
internal static class SustainedBenchmark
{
    private const int Connections = 16;
    private const int MostBehind = 5_000;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    public static Task RunAsync() => Servers.UseAsync(async infrastructure =>
    {
        await using var pair = await Pair.StartAsync(infrastructure, Contender.Ours);
        await pair.WarmUpAsync();
        var results = new List<Result>();
        for (var round = 1; round <= Settings.LongRounds; round++)
        {
            results.Add(await MeasureAsync(pair, round));
        }

        Add("messages/s", result => result.PerSecond, "0", ">= 3000");
        Add("messages behind at the end", result => result.Behind, "0");
        Add("sender, µs CPU/message", result => result.Sender.ProcessorTime.TotalMicroseconds, "0");
        Add("receiver, µs CPU/message", result => result.Receiver.ProcessorTime.TotalMicroseconds, "0");
        Add("sender, bytes allocated/message", result => result.Sender.AllocatedBytes, "0");
        Add("receiver, bytes allocated/message", result => result.Receiver.AllocatedBytes, "0");
        Table.Add("memory under load, MiB: sender, receiver", $"{pair.Sender.WorkingSet >> 20}, {pair.Receiver.WorkingSet >> 20}");

        void Add(string what, Func<Result, double> value, string format, string asked = "") =>
            Table.Add($"sustained for {Length.TotalSeconds:0} s: {what}", new Spread(results.Select(value)).ToString(format), asked: asked);
    });

    private static async Task<Result> MeasureAsync(Pair pair, int round)
    {
        using var load = new Load(pair.Sender.Address!, Connections);
        var (sender, receiver) = (await Usage.OfAsync([pair.Sender]), await Usage.OfAsync([pair.Receiver]));
        var behind = 0L;
        var sending = load.RunAsync(duration: Length, isPaused: () => Volatile.Read(ref behind) > MostBehind);
        while (!sending.IsCompleted)
        {
            await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(1)));
            Volatile.Write(ref behind, await pair.CountBehindAsync());
        }

        var answers = await sending;
        var count = answers.Milliseconds.Count;
        var perSecond = (count - behind) / answers.Elapsed.TotalSeconds;
        var result = new Result(
            perSecond,
            behind,
            (await Usage.OfAsync([pair.Sender])).Since(sender, count, perSecond),
            (await Usage.OfAsync([pair.Receiver])).Since(receiver, count, perSecond));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"round {round}: {answers.PerSecond:0} POSTs/s, {result.PerSecond:0} applied/s, {behind} behind at the end"));

        // The next round begins with empty tables, as this one did.
        await pair.DrainAsync(TimeSpan.FromMinutes(2));
        await Sql.ExecuteAsync(pair.SenderDatabase, "TRUNCATE outbox_messages, entity_items");
        await Sql.ExecuteAsync(pair.ReceiverDatabase, "TRUNCATE inbox_messages, entity_items");
        return result;
    }

    /// <param name="PerSecond">Messages applied per second.</param>
    /// <param name="Behind">Messages not applied at the end of the time.</param>
    /// <param name="Sender">What the sender used per message.</param>
    /// <param name="Receiver">What the receiver used per message.</param>
    private sealed record Result(double PerSecond, long Behind, Throughput Sender, Throughput Receiver);
}

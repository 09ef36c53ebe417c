using Benchmarks;
using Benchmarks.Client;
using Benchmarks.Commit;
using Benchmarks.EndToEnd;
using Benchmarks.Inbox;
using Benchmarks.Peers;
using Benchmarks.Post;
using Benchmarks.Relay;

// The AppHost logs many warnings while it starts. Only the figures should be visible.
Environment.SetEnvironmentVariable("Logging__LogLevel__Default", "None");

// One folder per benchmark, one line here.
var benchmarks = new Dictionary<string, Func<Task>>
{
    ["client"] = ClientBenchmark.RunAsync,
    ["inbox"] = InboxBenchmark.RunAsync,
    ["relay"] = RelayBenchmark.RunAsync,
    ["relays"] = RelaysBenchmark.RunAsync,
    ["post"] = PostBenchmark.RunAsync,
    ["commit"] = CommitBenchmark.RunAsync,
    ["latency"] = LatencyBenchmark.RunAsync,
    ["sustained"] = SustainedBenchmark.RunAsync,
    ["idle"] = IdleBenchmark.RunAsync,
    ["peers"] = PeersBenchmark.RunAsync,
};

try
{
    var chosen = Settings.Read(args);
    if (chosen.Find(name => !benchmarks.ContainsKey(name)) is { } unknown)
    {
        throw new FormatException($"There is no benchmark '{unknown}'. Choose from: {string.Join(", ", benchmarks.Keys)}.");
    }

    foreach (var name in chosen is [] ? [.. benchmarks.Keys] : chosen)
    {
        Console.WriteLine($"== {name}");
        await benchmarks[name]();
    }

    Table.Print();
    foreach (var failure in Table.Failures)
    {
        await Console.Error.WriteLineAsync(failure);
    }

    return Table.Failures.Count == 0 ? 0 : 1;
}
catch (FormatException mistake)
{
    await Console.Error.WriteLineAsync(mistake.Message);
    return 1;
}

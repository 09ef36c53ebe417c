using Benchmarks.Inbox;
using Benchmarks.Relay;

// The AppHost logs many warnings while it starts. Only the figures should be visible.
Environment.SetEnvironmentVariable("Logging__LogLevel__Default", "None");

// One folder per benchmark, one line here.
var benchmarks = new Dictionary<string, Func<Task>>
{
    ["inbox"] = InboxBenchmark.RunAsync,
    ["relay"] = RelayBenchmark.RunAsync,
};

string[] chosen = args;
if (chosen is [.., "--rounds", var text])
{
    if (!int.TryParse(text, out var rounds) || rounds < 1)
    {
        Console.Error.WriteLine($"--rounds takes a number of 1 or more, not '{text}'.");
        return 1;
    }

    Benchmarks.Comparison.Rounds = rounds;
    chosen = chosen[..^2];
}

chosen = chosen is [] ? [.. benchmarks.Keys] : chosen;
if (chosen.FirstOrDefault(name => !benchmarks.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'. Choose from: {string.Join(", ", benchmarks.Keys)}.");
    return 1;
}

foreach (var name in chosen)
{
    Console.WriteLine($"== {name}");
    await benchmarks[name]();
}

return 0;

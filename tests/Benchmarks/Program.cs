using Benchmarks.Amqp;
using Benchmarks.Inbox;
using Benchmarks.Relay;

if (args is [OwnClient.Verb, var address, var queue])
{
    return await OwnClient.RunAsync(address, queue);
}

// One folder per benchmark, one line here.
var benchmarks = new Dictionary<string, Func<Task>>
{
    ["amqp"] = AmqpBenchmark.RunAsync,
    ["inbox"] = InboxBenchmark.RunAsync,
    ["relay"] = RelayBenchmark.RunAsync,
};

string[] chosen = args is [] ? [.. benchmarks.Keys] : args;
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

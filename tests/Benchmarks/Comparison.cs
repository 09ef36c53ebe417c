using System.Globalization;

namespace Benchmarks;

/// <summary>The result of one round.</summary>
/// <param name="PerSecond">Messages per second.</param>
/// <param name="ProcessorTime">Processor time of the measured process, per message.</param>
internal readonly record struct Throughput(double PerSecond, TimeSpan ProcessorTime);

/// <summary>
/// A service against the AMQP client alone, in turn. So other load of the machine affects both. In every round the other one begins,
/// because during the second measurement the broker also cleans up its memory after the first.
/// </summary>
internal static class Comparison
{
    /// <summary>Runs the rounds. Adds both results and their ratio to the table.</summary>
    /// <param name="name">The name of what the service does.</param>
    /// <param name="asked">What the ratio should be.</param>
    /// <param name="service">The service.</param>
    /// <param name="measureService">Lets the service do it once. This is the very first measurement.</param>
    /// <param name="measureClient">Lets the client alone do as much of it as it can.</param>
    public static async Task RunAsync(
        string name,
        string asked,
        ServiceInstance service,
        Func<Task<Throughput>> measureService,
        Func<Task<Throughput>> measureClient)
    {
        var results = new List<(Throughput Service, Throughput Client)>();
        for (var i = 0; i < Settings.WarmUpRounds + Settings.Rounds; i++)
        {
            var (ofService, ofClient) = i % 2 == 0 ? await ServiceFirstAsync() : await ClientFirstAsync();
            results.Add((ofService, ofClient));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(i < Settings.WarmUpRounds ? "warm-up" : "round")} {i + 1}: {name} {ofService.PerSecond:0}/s, client {ofClient.PerSecond:0}/s"));
        }

        results.RemoveRange(0, Settings.WarmUpRounds);

        Table.Add(
            $"{name}: messages/s",
            Of(result => result.Service.PerSecond).ToString("0"),
            Of(result => result.Client.PerSecond).ToString("0"),
            Of(result => result.Service.PerSecond / result.Client.PerSecond).ToString("0.00"),
            asked);
        Table.Add(
            $"{name}: µs CPU/message",
            Of(result => result.Service.ProcessorTime.TotalMicroseconds).ToString("0.0"),
            Of(result => result.Client.ProcessorTime.TotalMicroseconds).ToString("0.0"));
        Console.WriteLine($"{name}'s working set: {service.WorkingSet >> 20} MiB");
        foreach (var line in service.Output.SkipWhile(line => !line.Contains("Application started", StringComparison.Ordinal)).Skip(1))
        {
            // An interruption explains a slow round.
            Console.WriteLine($"{name} logged: {line}");
        }

        async Task<(Throughput, Throughput)> ServiceFirstAsync() => (await measureService(), await measureClient());

        async Task<(Throughput, Throughput)> ClientFirstAsync()
        {
            var client = await measureClient();
            return (await measureService(), client);
        }

        Spread Of(Func<(Throughput Service, Throughput Client), double> value) => new(results.Select(value));
    }
}

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
    /// <summary>Rounds that count. Default 16.</summary>
    public static int Rounds { get; set; } = 16;

    /// <summary>Rounds that do not count. In them, the programs and the broker are still compiled while they run.</summary>
    private static int WarmUpRounds => (Rounds + 2) / 3;

    /// <summary>Runs the rounds. Prints both results and their ratio.</summary>
    /// <param name="name">The name of what the service does.</param>
    /// <param name="service">The service.</param>
    /// <param name="measureService">Lets the service do it once. This is the very first measurement.</param>
    /// <param name="measureClient">Lets the client alone do as much of it as it can.</param>
    public static async Task RunAsync(
        string name, ServiceInstance service, Func<Task<Throughput>> measureService, Func<Task<Throughput>> measureClient)
    {
        var results = new List<(Throughput Service, Throughput Client)>();
        for (var i = 0; i < WarmUpRounds + Rounds; i++)
        {
            var (ofService, ofClient) = i % 2 == 0 ? await ServiceFirstAsync() : await ClientFirstAsync();
            results.Add((ofService, ofClient));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(i < WarmUpRounds ? "warm-up" : "round")} {i + 1}: {name} {ofService.PerSecond:0}/s, client {ofClient.PerSecond:0}/s"));
        }

        results.RemoveRange(0, WarmUpRounds);

        Report("client alone, messages/s", result => result.Client.PerSecond, "0");
        Report($"{name}, messages/s", result => result.Service.PerSecond, "0");
        Report($"{name} : client alone", result => result.Service.PerSecond / result.Client.PerSecond, "0.00");
        Report("client alone, µs CPU/message", result => result.Client.ProcessorTime.TotalMicroseconds, "0.0");
        Report($"{name}, µs CPU/message", result => result.Service.ProcessorTime.TotalMicroseconds, "0.0");
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

        void Report(string what, Func<(Throughput Service, Throughput Client), double> value, string format) =>
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{what,-32} {new Spread(results.Select(value)).ToString(format)}"));
    }
}

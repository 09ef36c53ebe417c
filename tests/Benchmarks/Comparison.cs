using System.Globalization;

namespace Benchmarks;

/// <summary>What one round gave.</summary>
/// <param name="PerSecond">Messages per second.</param>
/// <param name="ProcessorTime">Of the process that was measured, per message.</param>
internal readonly record struct Throughput(double PerSecond, TimeSpan ProcessorTime);

/// <summary>
/// A service against the AMQP client alone, in turn: what else the machine does meanwhile meets both. Who begins changes with every round, as
/// the second does not only do its own work: the broker also clears away there what the first has left in its memory.
/// </summary>
internal static class Comparison
{
    private const int Rounds = 16;

    /// <summary>Not counted: programs and broker are compiled, and compiled again, while they run.</summary>
    private const int WarmUpRounds = 6;

    /// <summary>Runs the rounds and prints both, and how they compare.</summary>
    /// <param name="name">What the service does.</param>
    /// <param name="service">Where it does it.</param>
    /// <param name="measureService">Has the service do it once; the very first measurement is this one.</param>
    /// <param name="measureClient">Has the client alone do as much of it as it can.</param>
    public static async Task RunAsync(
        string name, ServiceInstance service, Func<Task<Throughput>> measureService, Func<Task<Throughput>> measureClient)
    {
        var results = new List<(Throughput Service, Throughput Client)>();
        for (var i = 0; i < WarmUpRounds + Rounds; i++)
        {
            results.Add(i % 2 == 0 ? await ServiceFirstAsync() : await ClientFirstAsync());
        }

        results.RemoveRange(0, WarmUpRounds);

        Report("client alone, messages/s", result => result.Client.PerSecond, "0");
        Report($"{name}, messages/s", result => result.Service.PerSecond, "0");
        Report($"{name} : client alone", result => result.Service.PerSecond / result.Client.PerSecond, "0.00");
        Report("client alone, µs CPU/message", result => result.Client.ProcessorTime.TotalMicroseconds, "0.0");
        Report($"{name}, µs CPU/message", result => result.Service.ProcessorTime.TotalMicroseconds, "0.0");
        Console.WriteLine($"{name}'s working set: {service.WorkingSet >> 20} MiB");

        async Task<(Throughput, Throughput)> ServiceFirstAsync() => (await measureService(), await measureClient());

        async Task<(Throughput, Throughput)> ClientFirstAsync()
        {
            var client = await measureClient();
            return (await measureService(), client);
        }

        void Report(string what, Func<(Throughput Service, Throughput Client), double> value, string format) =>
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-32} {new Spread(results.Select(value)).ToString(format)}"));
    }
}

using System.Globalization;
using Tests.Harness;

namespace Benchmarks;

/// <summary>What one round gave.</summary>
/// <param name="PerSecond">Messages per second.</param>
/// <param name="ProcessorTime">Of the process that was measured, per message.</param>
internal readonly record struct Throughput(double PerSecond, TimeSpan ProcessorTime);

/// <summary>A service against the AMQP client alone, in turn: what else the machine does meanwhile meets both.</summary>
internal static class Comparison
{
    private const int Rounds = 15;

    /// <summary>Not counted: programs and broker are compiled, and compiled again, while they run.</summary>
    private const int WarmUpRounds = 6;

    /// <summary>Runs the rounds and prints both, and how they compare.</summary>
    public static async Task RunAsync(string name, ServiceInstance service, Func<Task<(Throughput Service, Throughput Client)>> round)
    {
        for (var i = 0; i < WarmUpRounds; i++)
        {
            await round();
        }

        var results = new List<(Throughput Service, Throughput Client)>();
        for (var i = 0; i < Rounds; i++)
        {
            results.Add(await round());
        }

        Report("client alone, messages/s", result => result.Client.PerSecond, "0");
        Report($"{name}, messages/s", result => result.Service.PerSecond, "0");
        Report($"{name} : client alone", result => result.Service.PerSecond / result.Client.PerSecond, "0.00");
        Report("client alone, µs CPU/message", result => result.Client.ProcessorTime.TotalMicroseconds, "0.0");
        Report($"{name}, µs CPU/message", result => result.Service.ProcessorTime.TotalMicroseconds, "0.0");
        Console.WriteLine($"{name}'s working set: {service.WorkingSet >> 20} MiB");

        void Report(string what, Func<(Throughput Service, Throughput Client), double> value, string format) =>
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-32} {new Spread(results.Select(value)).ToString(format)}"));
    }
}

using System.Diagnostics;
using Tests.Harness;

namespace Benchmarks.Amqp;

/// <summary>
/// Pipelined durable sends to each broker that is here, by this solution's client, by npm's rhea and by Apache Qpid Proton for Python: each in a
/// process of its own, all in turns, so that what else the machine does hits them alike. A round's messages are then received and accepted
/// by ours, which leaves the queue empty for the next.
/// </summary>
internal static class AmqpBenchmark
{
    public const int BodySize = 500;
    public const int InFlight = 500;

    private const int Messages = 20_000;
    private const int Rounds = 5;
    private const string Ours = "ours";

    public static async Task RunAsync()
    {
        Console.WriteLine(
            $"{Messages} durable messages of {BodySize} bytes a round, {InFlight} in flight; median (lowest .. highest) of {Rounds} rounds");
        foreach (var missing in new[]
        {
            ForeignRuntime.Rhea is null ? ForeignRuntime.RheaIsMissing : null,
            ForeignRuntime.Proton is null ? ForeignRuntime.ProtonIsMissing : null,
        }.OfType<string>())
        {
            Console.WriteLine(missing);
        }

        var first = await RunAsync(withArtemis: true, besides: null);
        await RunAsync(withArtemis: false, besides: first);
    }

    /// <returns>Which broker it was.</returns>
    private static async Task<string> RunAsync(bool withArtemis, string? besides)
    {
        await using var broker = await BrokerUnderTest.StartAsync(withArtemis);
        if (broker.Product == besides)
        {
            Console.WriteLine($"\nThere is no other broker than {besides} here.");
            return besides;
        }

        Console.WriteLine($"\n{broker.Product}");
        var clients = await StartClientsAsync(broker.Address);
        try
        {
            await MeasureAsync(clients);
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }

        return broker.Product;
    }

    private static async Task<List<ClientProcess>> StartClientsAsync(string address)
    {
        var queue = "benchmark";
        string[] arguments = [address, queue, $"{InFlight}", $"{BodySize}"];
        var clients = new List<ClientProcess>
        {
            await ClientProcess.StartAsync(Ours, new ProcessStartInfo(Environment.ProcessPath!, [OwnClient.Verb, address, queue])),
        };
        if (ForeignRuntime.Rhea is { } rhea)
        {
            clients.Add(await ClientProcess.StartAsync("rhea", rhea.Start(ForeignClients.Rhea, arguments)));
        }

        if (ForeignRuntime.Proton is { } proton)
        {
            clients.Add(await ClientProcess.StartAsync("Proton", proton.Start(ForeignClients.Proton, arguments)));
        }

        return clients;
    }

    private static async Task MeasureAsync(List<ClientProcess> clients)
    {
        var sends = clients.ToDictionary(client => client.Name, _ => new List<Measurement>());
        var receives = new List<Measurement>();
        var ours = clients.Single(client => client.Name == Ours);
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var client in clients)
            {
                var sent = await client.AskAsync($"send {Messages}");
                var received = await ours.AskAsync($"receive {Messages}");
                if (round > 0) // the first one warms everybody up
                {
                    sends[client.Name].Add(sent);
                    receives.Add(received);
                }
            }
        }

        var made = await ours.AskAsync($"make {Messages}");
        Report(sends, receives, made.AllocatedBytes / Messages);
    }

    private static void Report(Dictionary<string, List<Measurement>> sends, List<Measurement> receives, double bytesOfMessage)
    {
        foreach (var (name, measured) in sends)
        {
            Write($"send, {name}", measured);
        }

        Write($"receive and accept, {Ours}", receives);
        foreach (var (name, measured) in sends.Where(pair => pair.Key != Ours))
        {
            var rate = Rate(sends[Ours]).Median / Rate(measured).Median;
            var cpu = Cpu(sends[Ours]).Median / Cpu(measured).Median;
            Console.WriteLine($"  {Ours} / {name}: {rate:0.00} of the rate, {cpu:0.00} of the CPU per message");
        }

        var sent = Allocated(sends[Ours]).ToString("0");
        Console.WriteLine($"  allocated per message: sending {sent} bytes, {bytesOfMessage:0} of them the application's message; "
            + $"receiving {Allocated(receives).ToString("0")}, body and properties included");
    }

    private static void Write(string what, List<Measurement> measured) =>
        Console.WriteLine($"  {what,-26} {Rate(measured).ToString("#,0"),28} msg/s {Cpu(measured).ToString("0.0"),24} µs CPU/msg");

    private static Spread Rate(List<Measurement> measured) => new(measured.Select(measurement => Messages / measurement.Seconds));

    private static Spread Cpu(List<Measurement> measured) => new(measured.Select(measurement => measurement.CpuSeconds * 1e6 / Messages));

    private static Spread Allocated(List<Measurement> measured) => new(measured.Select(measurement => measurement.AllocatedBytes / Messages));
}

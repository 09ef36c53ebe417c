using Amqp;
using Amqp.Framing;
using Benchmarks.Relay;
using Messaging.Amqp;

namespace Benchmarks.Client;

/// <summary>What it costs to send durable messages, with frames that are gathered, beside AMQPNetLite as it is.</summary>
internal static class ClientBenchmark
{
    private const int InFlight = 1_000;
    private const int Size = 500;
    private static int Messages => Settings.Messages ?? 50_000;

    public static Task RunAsync() => Servers.UseAsync(async infrastructure =>
    {
        var plain = await infrastructure.ConnectAsync();
        var factory = new ConnectionFactory();
        var gathering = await factory.CreateAsync(GatheringLogin.Use(factory, new Address(infrastructure.Broker)));
        await Comparison.RunAsync(
            "client with gathered frames beside the plain one",
            asked: 1,
            Settings.Rounds,
            () => SendAsync(gathering, "gathered"),
            () => SendAsync(plain, "plain"));
        await plain.CloseAsync();
        await gathering.CloseAsync();
    });

    private static async Task<Throughput> SendAsync(Connection connection, string queue)
    {
        var message = new Message
        {
            Properties = new Properties(),
            ApplicationProperties = new ApplicationProperties(),
            BodySection = new Data { Binary = new byte[Size] },
        };
        var sent = await RawSender.SendAsync(connection, queue, message, Messages, InFlight);
        await connection.TakeAsync(queue, Messages);
        return sent;
    }
}

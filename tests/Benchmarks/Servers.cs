using Amqp;
using Amqp.Types;

namespace Benchmarks;

/// <summary>The database server and the broker of one benchmark.</summary>
internal static class Servers
{
    /// <summary>Added to each connection string. All services and peers have as many connections.</summary>
    private const string Pool = ";Maximum Pool Size=32";

    /// <summary>Starts both, runs the benchmark, and removes everything.</summary>
    public static async Task UseAsync(Func<Infrastructure, Task> benchmark)
    {
        var infrastructure = new Infrastructure();
        try
        {
            await infrastructure.InitializeAsync();
            await benchmark(infrastructure);
        }
        catch (Exception failure)
        {
            // The end of the servers may fail too, and would hide this.
            Console.WriteLine(failure);
            throw;
        }
        finally
        {
            await infrastructure.DisposeAsync();
        }
    }

    /// <summary>True if the broker is RabbitMQ, false if it is Artemis.</summary>
    public static async Task<bool> IsRabbitMqAsync(this Infrastructure infrastructure)
    {
        var product = "";
        var connection = await new ConnectionFactory().CreateAsync(
            new Address(infrastructure.Broker), onOpened: (_, open) => product = $"{open.Properties?[new Symbol("product")]}");
        await connection.CloseAsync();
        return product == "RabbitMQ";
    }

    /// <summary>Creates an empty database for a service or a peer.</summary>
    public static async Task<string> CreateServiceDatabaseAsync(this Infrastructure infrastructure) =>
        await infrastructure.CreateDatabaseAsync() + Pool;

    /// <summary>Creates a database with the tables of the sender. A sender makes them, and ends.</summary>
    public static async Task<string> CreateSenderTablesAsync(this Infrastructure infrastructure)
    {
        var database = await infrastructure.CreateServiceDatabaseAsync();
        await using var sender = await ReleasedService.StartAsync(
            "SenderService",
            $"ConnectionStrings:senderdb={database}",
            $"ConnectionStrings:artemis={infrastructure.Broker}",
            "Outbox:Queue=unused");
        return database;
    }
}

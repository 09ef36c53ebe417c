using System.Text;
using Amqp;
using Amqp.Framing;

namespace Attempts;

/// <summary>A message that the receiver of the demo cannot process, as a faulty program would send it. Exercise 5 uses it.</summary>
internal static class PoisonMessage
{
    public static async Task SendAsync()
    {
        var connection = await Queue.ConnectAsync();
        await Queue.Sender(connection, "entity-items").SendAsync(new Message
        {
            Header = new Header { Durable = true },
            Properties = new Properties { MessageId = Guid.NewGuid().ToString(), Subject = "EntityItemCreated" },
            ApplicationProperties = new ApplicationProperties { ["aggregate-version"] = 1L },
            BodySection = new Data { Binary = Encoding.UTF8.GetBytes("""{ "name": "poison" }""") },
        });
        await connection.CloseAsync();
        Console.WriteLine("Sent a message to entity-items that cannot be processed. Look at http://localhost:5002/api/dead-letters");
    }
}

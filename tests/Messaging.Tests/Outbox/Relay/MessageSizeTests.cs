using Amqp.Framing;
using Amqp.Handler;
using Messaging.Tests.Amqp;
using Microsoft.Extensions.DependencyInjection;
using EventId = Amqp.Handler.EventId;

namespace Messaging.Tests.Outbox.Relay;

[Collection(MessagingSuite.Name)]
public sealed class MessageSizeTests(Infrastructure infrastructure)
{
    private const int Limit = 1_000;

    /// <summary>The broker's limit comes with its answer to the attach (specification 2.7.3). The test puts it there.</summary>
    [Fact]
    public async Task A_body_larger_than_the_links_limit_is_refused_before_it_is_sent_and_the_others_go_through()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await using var wire = new BrokerWire(infrastructure.Broker);
        await table.AddManyAsync(10, aggregates: 10);
        await Sql.ExecuteAsync(
            table.Database, $$"""UPDATE outbox_messages SET payload = json_build_object('name', repeat('x', {{Limit}})) WHERE id = 3""");
        var limit = new ClientHandler(EventId.LinkRemoteOpen, opened => ((Attach)opened.Context).MaxMessageSize = Limit);
        await using var host = await OutboxHost.StartAsync(
            table.Database, wire.Address, services => services.AddSingleton<IHandler>(limit), "Outbox:MaxAttempts=1");

        await OutboxRows.SentAsync(table.Database, 9);
        var reason = await Eventually.GetAsync(
            () => Sql.ScalarAsync<string>(
                table.Database, "SELECT status || ' ' || coalesce(last_error, '') FROM outbox_messages WHERE id = 3"),
            reason => reason.StartsWith("Failed", StringComparison.Ordinal));
        Assert.Equal(
            "Failed amqp:link:message-size-exceeded: The body has 1013 bytes. The broker takes messages of at most 1000 bytes.", reason);
        Assert.Equal(9, wire.Transfers);
    }
}

using System.Net;
using System.Net.Http.Json;
using Messaging.Inbox.DeadLetters;
using OrderService.Orders;

namespace Messaging.Tests.Inbox;

/// <summary>
/// A service that consumes and publishes in one transaction. Its outbox message exists exactly if the consumed message is recorded.
/// </summary>
[Collection(MessagingSuite.Name)]
public sealed class ConsumeAndPublishTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int Orders = 20;
    private readonly Guid[] _ids = [.. Enumerable.Range(0, Orders).Select(_ => Guid.CreateVersion7())];
    private OrderSystem _system = null!;

    public async Task InitializeAsync() => _system = await OrderSystem.CreateAsync(infrastructure);

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task Each_consumed_message_has_one_outbox_message_however_often_it_is_delivered()
    {
        await using var service = await _system.StartAsync();
        foreach (var id in _ids)
        {
            var messageId = Guid.NewGuid();
            await Task.WhenAll(
                _system.PlaceAsync(id, 1, messageId), _system.PlaceAsync(id, 2, messageId), _system.PlaceAsync(id, 3, messageId));
        }

        await AssertSentAsync(Orders);
        Assert.Equal((Orders, Orders), (await _system.CountAsync("inbox_messages"), await _system.CountAsync("orders WHERE version = 1")));
        var confirmed = await _system.ReceiveAllAsync();
        Assert.Equal(_ids.Order(), confirmed.Select(message => Guid.Parse(message.Properties.GroupId)).Order());
        Assert.All(confirmed, message => Assert.Equal(nameof(OrderConfirmed), message.Properties.Subject));
    }

    [Fact]
    public async Task Events_of_one_entity_in_one_batch_are_published_in_their_order()
    {
        await using var service = await _system.StartAsync();
        await using (await DatabaseLock.TakeAsync(_system.Database, "LOCK TABLE orders"))
        {
            for (var quantity = 1; quantity <= Orders; quantity++)
            {
                await _system.PlaceAsync(_ids[0], quantity);
            }
        }

        await AssertSentAsync(Orders);
        var versions = (await _system.ReceiveAllAsync()).Select(message => (long)message.ApplicationProperties["aggregate-version"]);
        Assert.Equal(Enumerable.Range(1, Orders).Select(version => (long)version), versions);
    }

    [Fact]
    public async Task A_handler_that_fails_after_it_has_added_leaves_no_outbox_message_until_a_replay()
    {
        await using var service = await _system.StartAsync();
        await _system.PlaceAsync(_ids[0], 1);
        await _system.PlaceAsync(_ids[1], -1);
        await _system.PlaceAsync(_ids[2], 1);

        var letters = await Eventually.GetAsync(
            async () => (await service.Client.GetFromJsonAsync<DeadLetterResponse[]>("/api/dead-letters"))!,
            letters => letters.Length == 1);
        Assert.Contains("ck_orders_quantity", letters[0].Reason, StringComparison.Ordinal);
        await AssertSentAsync(2);
        Assert.Equal(0, await _system.CountAsync($"orders WHERE id = '{_ids[1]}'"));
        Assert.Equal([_ids[0], _ids[2]], (await _system.ReceiveAllAsync()).Select(message => Guid.Parse(message.Properties.GroupId)));

        await Sql.ExecuteAsync(_system.Database, "ALTER TABLE orders DROP CONSTRAINT ck_orders_quantity");
        using var replay = await service.Client.PostAsync(new Uri($"/api/dead-letters/{letters[0].Id}/replay", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, replay.StatusCode);
        await AssertSentAsync(3);
        Assert.Equal(_ids[1], Guid.Parse(Assert.Single(await _system.ReceiveAllAsync()).Properties.GroupId));
    }

    /// <summary>What the relay finds when it starts needs no wake-up, so the first message does not count.</summary>
    [Fact]
    public async Task The_commit_of_the_inbox_wakes_the_relay()
    {
        await using var service = await _system.StartAsync("Outbox:PollInterval=00:01:00");
        await _system.PlaceAsync(_ids[0], 1);
        await AssertSentAsync(1);

        // It arrives in half of the poll interval, or the wait for it fails.
        await _system.ReceiveAsync();
        await _system.PlaceAsync(_ids[1], 1);
        Assert.Equal(_ids[1], Guid.Parse((await _system.ReceiveAsync()).Properties.GroupId));
        await _system.PlaceAsync(_ids[2], 1);
        Assert.Equal(_ids[2], Guid.Parse((await _system.ReceiveAsync()).Properties.GroupId));
    }

    private async Task AssertSentAsync(int count)
    {
        await Eventually.GetAsync(() => _system.CountAsync("outbox_messages WHERE status = 'Sent'"), sent => sent >= count);
        Assert.Equal(count, await _system.CountAsync("outbox_messages"));
    }
}

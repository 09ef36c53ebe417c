using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Messaging.Outbox.Operating;

namespace SenderService.Tests.Outbox.Operating;

/// <summary>
/// What was sent is sent again on purpose. Artemis drops a message that it takes for a duplicate, and says that it has accepted it.
/// </summary>
[Collection(SenderSuite.Name)]
public sealed class ResendTests(Infrastructure infrastructure)
{
    private const int Aggregates = 3;

    [Fact]
    public async Task A_sent_message_is_sent_again_with_the_same_id()
    {
        await using var sender = await StartAsync(messages: 1);
        var id = await Sql.ScalarAsync<Guid>(sender.Database, "SELECT message_id FROM outbox_messages");
        var resent = await sender.Client.PostAsync($"/api/outbox/messages/{id}/resend", null);
        Assert.Equal(HttpStatusCode.NoContent, resent.StatusCode);

        Assert.Equal([$"{id}", $"{id}"], await QueueReader.IdsAsync(infrastructure, sender.Queue, 2));
        await OutboxRows.SentAsync(sender.Database, 1);
    }

    [Fact]
    public async Task A_message_that_was_set_back_to_pending_by_hand_is_sent_again()
    {
        await using var sender = await StartAsync(messages: 1);
        var id = await Sql.ScalarAsync<Guid>(sender.Database, """
            UPDATE outbox_messages SET status = 'Pending', sent_at = NULL, next_attempt_at = now() RETURNING message_id
            """);

        Assert.Equal([$"{id}", $"{id}"], await QueueReader.IdsAsync(infrastructure, sender.Queue, 2));
    }

    /// <summary>The broker is away, so that new messages are written before the old ones are sent again.</summary>
    [Fact]
    public async Task All_messages_of_a_range_of_time_are_sent_again_in_their_order_and_before_new_ones()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await StartAsync(messages: 4 * Aggregates, wire.Address);
        await Sql.ExecuteAsync(
            sender.Database, "UPDATE outbox_messages SET sent_at = '2020-02-02 12:00Z' WHERE aggregate_version IN (2, 3)");
        await QueueReader.IdsAsync(infrastructure, sender.Queue, 4 * Aggregates);

        wire.Cut();
        Assert.Equal(2 * Aggregates, await ResendAsync(sender, "from=2020-02-02T12:00:00Z&to=2020-02-03T00:00:00Z"));
        await Sql.ExecuteAsync(sender.Database, """
            INSERT INTO outbox_messages
                (message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts)
            SELECT gen_random_uuid(), type, aggregate_id, 5, partition, payload, headers, now(), 'Pending', 0
            FROM outbox_messages WHERE aggregate_version = 1
            """);
        wire.Restore();

        var came = await QueueReader.FirstAppearancesAsync(infrastructure, sender.Queue, 3 * Aggregates);
        Assert.Equal(Aggregates, came.Count);
        Assert.All(came.Values, versions => Assert.Equal([2, 3, 5], versions));
        await OutboxRows.SentAsync(sender.Database, 5 * Aggregates);
    }

    [Fact]
    public async Task Only_what_was_sent_can_be_sent_again()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await StartAsync(messages: 1, wire.Address);
        wire.Cut();
        await OutboxRows.AddManyAsync(sender.Database, 1, aggregates: 1);
        var pending = await Sql.ScalarAsync<Guid>(sender.Database, "SELECT message_id FROM outbox_messages WHERE status = 'Pending'");

        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync($"messages/{pending}/resend"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"messages/{Guid.NewGuid()}/resend"));
        Assert.Contains("\"from\":[\"It is required: a time such as", await TextAsync("resend"), StringComparison.Ordinal);
        Assert.Contains("\"from\":[\"This is not a time such as", await TextAsync("resend?from=x"), StringComparison.Ordinal);
        Assert.Equal(0, await ResendAsync(sender, "from=2020-02-02T00:00:00Z&to=2020-02-03T00:00:00Z"));
        Assert.Equal(1, await ResendAsync(sender, "from=2020-02-02T00:00:00Z"));

        async Task<HttpStatusCode> StatusAsync(string path) => (await PostAsync(path)).StatusCode;

        async Task<string> TextAsync(string path) => await (await PostAsync(path)).Content.ReadAsStringAsync();

        Task<HttpResponseMessage> PostAsync(string path) => sender.Client.PostAsync($"/api/outbox/{path}", null);
    }

    /// <summary>A sender that has sent these messages.</summary>
    private async Task<RunningSender> StartAsync(int messages, string? broker = null)
    {
        var sender = await RunningSender.StartAsync(infrastructure, broker);
        await OutboxRows.AddManyAsync(sender.Database, messages, Aggregates);
        await OutboxRows.SentAsync(sender.Database, messages);
        return sender;
    }

    private static async Task<int> ResendAsync(RunningSender sender, string range)
    {
        var answer = await sender.Client.PostAsync(string.Create(CultureInfo.InvariantCulture, $"/api/outbox/resend?{range}"), null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<ResendResponse>())!.Messages;
    }
}

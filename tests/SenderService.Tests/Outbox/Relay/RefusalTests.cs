using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SenderService.EntityItems;
using Messaging.Outbox.Operating;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>Messages that the broker refuses, and what operators do with them.</summary>
[Collection(SenderSuite.Name)]
public sealed class RefusalTests(Infrastructure infrastructure)
{
    private static readonly string[] QuickRetries = ["Outbox:FirstRetryDelay=00:00:00.02", "Outbox:PollInterval=00:00:00.1"];

    [Fact]
    public async Task A_message_refused_eight_times_is_failed_with_the_reason_and_holds_back_only_its_own_aggregate()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address, QuickRetries);
        var refused = await PostAsync(sender, BrokerWire.Marker);
        var other = await PostAsync(sender, "another");
        await PutAsync(sender, refused.Id, "its later state");

        var failed = await FailedAsync(sender);
        Assert.Equal(
            (refused.Id, 1L, 8, "amqp:message-size-exceeded: the test refuses it"),
            (failed.AggregateId, failed.AggregateVersion, failed.Attempts, failed.LastError));
        await Eventually.GetAsync(() => StatusesAsync(sender, other.Id), statuses => statuses == "Sent");
        Assert.Equal("Failed, Pending", await StatusesAsync(sender, refused.Id));
        Assert.Equal((1L, 1L), await CountsAsync(sender));

        // Eight refusals and one acceptance: nothing else was sent.
        Assert.Equal(9, wire.Transfers);
    }

    [Fact]
    public async Task A_failed_message_is_sent_after_it_was_requeued_and_the_later_ones_follow()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address, QuickRetries);
        var item = await PostAsync(sender, BrokerWire.Marker);
        await PutAsync(sender, item.Id, "its later state");
        var failed = await FailedAsync(sender);

        wire.Refuses = false;
        Assert.Equal(HttpStatusCode.NoContent, await RequeueAsync(sender, failed.MessageId));
        await Eventually.GetAsync(() => StatusesAsync(sender, item.Id), statuses => statuses == "Sent, Sent");
        Assert.Equal(HttpStatusCode.Conflict, await RequeueAsync(sender, failed.MessageId));
    }

    [Fact]
    public async Task A_failed_message_is_skipped_after_it_was_discarded()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address, QuickRetries);
        var item = await PostAsync(sender, BrokerWire.Marker);
        await PutAsync(sender, item.Id, "its later state");
        var failed = await FailedAsync(sender);

        Assert.Equal(HttpStatusCode.NoContent, await DiscardAsync(sender, failed.MessageId));
        await Eventually.GetAsync(() => StatusesAsync(sender, item.Id), statuses => statuses == "Sent");
        Assert.Equal(HttpStatusCode.NotFound, await DiscardAsync(sender, failed.MessageId));
        Assert.Equal(HttpStatusCode.NotFound, await RequeueAsync(sender, failed.MessageId));
    }

    /// <summary>Polls are rare here. So the first pass after the discard reads new messages only, and not those that have waited.</summary>
    [Fact]
    public async Task After_a_discard_the_later_messages_still_come_in_order()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await RunningSender.StartAsync(
            infrastructure, wire.Address, "Outbox:FirstRetryDelay=00:00:00.02", "Outbox:MaxAttempts=1", "Outbox:PollInterval=00:00:05");
        var item = await PostAsync(sender, BrokerWire.Marker);
        var failed = await FailedAsync(sender);
        await PutAsync(sender, item.Id, "version 2");
        await PutAsync(sender, item.Id, "version 3");

        // Traffic over some heartbeats, which come every second. After them a pass over new messages starts behind those that wait.
        using var heartbeats = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var heartbeat = 0; heartbeat < 4; heartbeat++)
        {
            await PostAsync(sender, "another");
            await heartbeats.WaitForNextTickAsync();
        }

        Assert.Equal(HttpStatusCode.NoContent, await DiscardAsync(sender, failed.MessageId));
        await PutAsync(sender, item.Id, "version 4");
        await Eventually.GetAsync(() => StatusesAsync(sender, item.Id), statuses => statuses == "Sent, Sent, Sent");
        var came = await QueueReader.FirstAppearancesAsync(infrastructure, sender.Queue, 8);

        // The broker has taken version 1. Only the wire refuses it.
        Assert.Equal([1, 2, 3, 4], came[item.Id.ToString()]);
    }

    [Fact]
    public async Task A_message_that_is_not_failed_cannot_be_discarded()
    {
        await using var sender = await RunningSender.StartAsync(infrastructure);
        var item = await PostAsync(sender, "sent");
        await Eventually.GetAsync(() => StatusesAsync(sender, item.Id), statuses => statuses == "Sent");
        var message = Assert.Single(await MessagesAsync(sender, "Sent"));
        Assert.Equal("sent", message.Payload.GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.Conflict, await DiscardAsync(sender, message.MessageId));
        Assert.Equal(HttpStatusCode.Conflict, await RequeueAsync(sender, message.MessageId));
        Assert.Empty(await MessagesAsync(sender, "Failed"));
    }

    [Fact]
    public async Task A_message_that_makes_the_broker_end_the_link_is_failed_and_the_others_go_through()
    {
        await using var wire = new BrokerWire(infrastructure.Broker) { EndsLinkInstead = true };
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address, QuickRetries);
        await PostAsync(sender, "before");
        var culprit = await PostAsync(sender, BrokerWire.Marker);
        await OutboxRows.AddManyAsync(sender.Database, 100, aggregates: 100);

        var failed = await FailedAsync(sender);
        Assert.Equal((culprit.Id, 8), (failed.AggregateId, failed.Attempts));
        Assert.Equal(
            "The broker ended the link over this message: amqp:precondition-failed: the test ends the link", failed.LastError);
        await OutboxRows.SentAsync(sender.Database, 101);
        Assert.Equal(8L, await OutboxRows.AttemptsAsync(sender.Database));
    }

    /// <summary>The client reports what is in flight as rejected when a link closes. The broker has not refused those messages.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_or_connection_that_the_broker_closes_counts_no_attempt(bool wholeConnection)
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address);
        await PostAsync(sender, "before");
        await OutboxRows.SentAsync(sender.Database, 1);

        if (wholeConnection)
        {
            wire.CloseConnection();
        }
        else
        {
            wire.DetachLink();
        }

        await OutboxRows.AddManyAsync(sender.Database, 500, aggregates: 500);
        await OutboxRows.SentAsync(sender.Database, 501);
        Assert.True(wire.Transfers > 501, "All were sent at the first attempt: nothing was in flight when the broker closed.");
        Assert.Equal(0L, await OutboxRows.AttemptsAsync(sender.Database));
    }

    private static async Task<EntityItemResponse> PostAsync(RunningSender sender, string name)
    {
        using var created = await sender.Client.PostAsJsonAsync("/api/EntityItems", new { name, value = 1m });
        return (await created.Content.ReadFromJsonAsync<EntityItemResponse>())!;
    }

    private static async Task PutAsync(RunningSender sender, Guid id, string name)
    {
        using var updated = await sender.Client.PutAsJsonAsync($"/api/EntityItems/{id}", new { name, value = 2m });
        Assert.Equal(HttpStatusCode.OK, updated.StatusCode);
    }

    private static async Task<OutboxMessageResponse> FailedAsync(RunningSender sender) => Assert.Single(
        await Eventually.GetAsync(() => MessagesAsync(sender, "Failed"), messages => messages.Count > 0));

    private static async Task<IReadOnlyList<OutboxMessageResponse>> MessagesAsync(RunningSender sender, string status) =>
        (await sender.Client.GetFromJsonAsync<OutboxMessageResponse[]>($"/api/outbox/messages?status={status}"))!;

    private static async Task<(long Pending, long Failed)> CountsAsync(RunningSender sender)
    {
        var outbox = await sender.Client.GetFromJsonAsync<JsonElement>("/api/outbox");
        return (outbox.GetProperty("pending").GetInt64(), outbox.GetProperty("failed").GetInt64());
    }

    private static Task<string> StatusesAsync(RunningSender sender, Guid aggregateId) => Sql.ScalarAsync<string>(
        sender.Database, $"SELECT string_agg(status, ', ' ORDER BY id) FROM outbox_messages WHERE aggregate_id = '{aggregateId}'");

    private static async Task<HttpStatusCode> RequeueAsync(RunningSender sender, Guid messageId)
    {
        using var response = await sender.Client.PostAsync(new Uri($"/api/outbox/messages/{messageId}/requeue", UriKind.Relative), null);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> DiscardAsync(RunningSender sender, Guid messageId)
    {
        using var response = await sender.Client.DeleteAsync(new Uri($"/api/outbox/messages/{messageId}", UriKind.Relative));
        Assert.Equal(response.IsSuccessStatusCode ? null : "application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return response.StatusCode;
    }
}

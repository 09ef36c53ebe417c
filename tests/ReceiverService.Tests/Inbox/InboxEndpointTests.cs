using System.Net.Http.Json;
using Messaging.Inbox.Operating;
using ReceiverService.EntityItems;

namespace ReceiverService.Tests.Inbox;

[Collection(ReceiverSuite.Name)]
public sealed class InboxEndpointTests(Infrastructure infrastructure)
{
    [Fact]
    public async Task An_operator_sees_the_counts_the_lag_and_the_last_messages()
    {
        await using var receiver = await RunningReceiver.StartAsync(infrastructure);
        var empty = await receiver.Client.GetFromJsonAsync<InboxResponse>("/api/inbox");
        Assert.Equal((0, 0, 0, null), (empty!.Recorded, empty.RecordedInLastMinute, empty.DeadLetters, empty.LagSeconds));

        await receiver.ExecuteAsync("""
            INSERT INTO inbox_messages (message_id, consumer, processed_at) VALUES (gen_random_uuid(), 'test', now() - interval '2 minutes')
            """);
        await receiver.SendAsync(Guid.NewGuid(), "Unknown", 1, "{}");
        await receiver.DeadLettersAsync(1);
        var late = Events.Created(Guid.CreateVersion7(), 1, "late");
        late.ApplicationProperties["cloudEvents:time"] = TimeProvider.System.GetUtcNow().AddSeconds(-100).ToString("O");
        await receiver.SendAsync(late);

        var inbox = await Eventually.GetAsync(
            async () => (await receiver.Client.GetFromJsonAsync<InboxResponse>("/api/inbox"))!, inbox => inbox.Recent.Count == 3);
        Assert.Equal((2, 1), (inbox.RecordedInLastMinute, inbox.DeadLetters));
        Assert.InRange(inbox.LagSeconds!.Value, 100, 200);
        Assert.Equal([nameof(EntityItemCreated), "Unknown", null], inbox.Recent.Select(message => message.Type));
        Assert.Equal([false, true, false], inbox.Recent.Select(message => message.IsDeadLetter));
        Assert.Equal(inbox.LagSeconds, inbox.Recent[0].LagSeconds);
    }

    /// <summary>PostgreSQL would store such a time as infinite, and no lag can be computed from it.</summary>
    [Fact]
    public async Task A_time_that_the_client_left_unset_is_ignored()
    {
        await using var receiver = await RunningReceiver.StartAsync(infrastructure);
        object[] times = [DateTimeOffset.MinValue.ToString("O"), DateTimeOffset.MaxValue.ToString("O"), DateTime.MinValue];
        foreach (var unset in times)
        {
            var message = Events.Created(Guid.CreateVersion7(), 1, "unset");
            message.ApplicationProperties["cloudEvents:time"] = unset;
            await receiver.SendAsync(message);
        }

        await receiver.SendLastAsync();
        var inbox = await receiver.Client.GetFromJsonAsync<InboxResponse>("/api/inbox");
        Assert.Equal((4, null), (inbox!.Recorded, inbox.LagSeconds));
        Assert.All(inbox.Recent, message => Assert.Null(message.OccurredAt));
    }
}

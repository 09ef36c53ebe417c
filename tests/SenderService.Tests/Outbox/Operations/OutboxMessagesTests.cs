using Messaging.Outbox.Operating;
using SenderService.Tests.Outbox.Relay;

namespace SenderService.Tests.Outbox.Operations;

[Collection(SenderSuite.Name)]
public sealed class OutboxMessagesTests(Infrastructure infrastructure)
{
    [Theory]
    [InlineData("")]
    [InlineData("&status=Sent")]
    public async Task Messages_are_listed_page_by_page_from_the_oldest_on(string filter)
    {
        await using var sender = await RunningSender.StartAsync(infrastructure);
        await OutboxTable.AddAsync(sender.Database, Guid.CreateVersion7(), 1, 2, 3, 4, 5);

        await Eventually.GetAsync(() => OutboxTable.CountAsync(sender.Database, "Sent"), sent => sent == 5);
        var messages = await Pages.ReadAsync<OutboxMessageResponse>(sender.Client, $"/api/outbox/messages?limit=2{filter}");
        Assert.Equal([1, 2, 3, 4, 5], messages.Select(message => message.AggregateVersion));
    }
}

using Messaging.Outbox.Operating;
using Messaging.Outbox.Writing;
using Microsoft.Extensions.DependencyInjection;
using SenderService.Data;

namespace SenderService.Tests.Outbox.Operating;

[Collection(SenderSuite.Name)]
public sealed class OutboxMessagesTests(Infrastructure infrastructure)
{
    [Theory]
    [InlineData("")]
    [InlineData("&status=Sent")]
    public async Task Messages_are_listed_page_by_page_from_the_oldest_on(string filter)
    {
        await using var sender = await RunningSender.StartAsync(infrastructure);
        await using (var scope = sender.Services.CreateAsyncScope())
        {
            var outbox = scope.ServiceProvider.GetRequiredService<OutboxWriter>();
            var aggregate = Guid.CreateVersion7();
            for (var version = 1; version <= 5; version++)
            {
                outbox.Add(aggregate, version, "an event");
            }

            await scope.ServiceProvider.GetRequiredService<SenderDbContext>().SaveChangesAsync();
        }

        await OutboxRows.SentAsync(sender.Database, 5);
        var messages = await Pages.ReadAsync<OutboxMessageResponse>(sender.Client, $"/api/outbox/messages?limit=2{filter}");
        Assert.Equal([1, 2, 3, 4, 5], messages.Select(message => message.AggregateVersion));
    }
}

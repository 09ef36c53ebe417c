using ReceiverService.EntityItems;

namespace ReceiverService.Tests.Api;

[Collection(ReceiverSuite.Name)]
public sealed class HttpFileTests(Infrastructure infrastructure)
{
    [Fact]
    public async Task Each_request_of_the_http_file_is_answered_as_the_file_says()
    {
        await using var receiver = await RunningReceiver.StartAsync(infrastructure);
        await receiver.SendAsync(Events.Created(Guid.CreateVersion7(), 1, "hello"));
        await receiver.SendAsync(Guid.CreateVersion7(), nameof(EntityItemCreated), 1, """{"name": "without an id"}""");
        await HttpFile.AssertAnswersAsync(Solution.PathOf("ReceiverService/ReceiverService.http"), receiver.Client);
    }
}

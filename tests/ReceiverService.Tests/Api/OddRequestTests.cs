using System.Globalization;

namespace ReceiverService.Tests.Api;

[Collection(ReceiverSuite.Name)]
public sealed class OddRequestTests(Infrastructure infrastructure)
{
    [Fact]
    public async Task Whatever_a_client_sends_no_answer_is_a_failure_of_the_service()
    {
        await using var receiver = await RunningReceiver.StartAsync(infrastructure);
        var id = Guid.CreateVersion7();
        await receiver.SendAsync(Events.Created(id, 1, "odd"));
        await receiver.SendAsync(Guid.NewGuid(), "NoSuchEvent", 1, "{}");
        var letter = Assert.Single(await receiver.DeadLettersAsync(1));
        await receiver.ItemAsync(id, item => item is not null);
        await OddRequests.AssertAnsweredAsync(receiver.Services, receiver.Client.BaseAddress!, new Dictionary<string, string>
        {
            ["id:guid"] = id.ToString(),
            ["id:long"] = letter.Id.ToString(CultureInfo.InvariantCulture),
        });
    }
}

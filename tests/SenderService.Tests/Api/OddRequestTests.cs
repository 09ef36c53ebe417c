using System.Net.Http.Json;
using SenderService.EntityItems;

namespace SenderService.Tests.Api;

[Collection(SenderSuite.Name)]
public sealed class OddRequestTests(SenderFixture fixture) : IClassFixture<SenderFixture>
{
    private readonly RunningSender _sender = fixture.Sender;

    [Fact]
    public async Task Whatever_a_client_sends_no_answer_is_a_failure_of_the_service()
    {
        using var created = await _sender.Client.PostAsJsonAsync("/api/EntityItems", new { name = "odd", value = 1 });
        var item = (await created.Content.ReadFromJsonAsync<EntityItemResponse>())!;
        var message = await Sql.ScalarAsync<Guid>(_sender.Database, "SELECT min(message_id::text)::uuid FROM outbox_messages");
        await OddRequests.AssertAnsweredAsync(_sender.Services, _sender.Client.BaseAddress!, new Dictionary<string, string>
        {
            ["id:guid"] = item.Id.ToString(),
            ["messageId:guid"] = message.ToString(),
        });
    }
}

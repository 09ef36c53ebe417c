using System.Net;

namespace ReceiverService.Tests.Api;

[Collection(ReceiverSuite.Name)]
public sealed class ConditionalRequestTests(Infrastructure infrastructure)
{
    [Fact]
    public async Task An_entity_that_the_caller_knows_is_not_sent_again()
    {
        await using var receiver = await RunningReceiver.StartAsync(infrastructure);
        var id = Guid.CreateVersion7();
        await receiver.SendAsync(Events.Created(id, 1, "known"));
        await receiver.ItemAsync(id, item => item is not null);
        Assert.Equal(HttpStatusCode.NotModified, await GetAsync("If-None-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("If-None-Match", "\"2\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await GetAsync("If-Match", "\"2\""));

        async Task<HttpStatusCode> GetAsync(string header, string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/EntityItems/{id}");
            request.Headers.Add(header, value);
            using var response = await receiver.Client.SendAsync(request);
            return response.StatusCode;
        }
    }
}

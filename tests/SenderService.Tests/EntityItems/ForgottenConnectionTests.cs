using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;

namespace SenderService.Tests.EntityItems;

/// <summary>A connection to the database disappears in silence, in the middle of a request. A firewall does that, or a lost host.</summary>
[Collection(SenderSuite.Name)]
public sealed class ForgottenConnectionTests(Infrastructure infrastructure)
{
    /// <summary>6 seconds by default, and what a loaded machine takes. TCP itself would take two hours.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_keyed_POST_whose_COMMIT_is_lost_can_soon_be_repeated()
    {
        await using var other = await RunningSender.StartAsync(infrastructure);
        await using var wire = TcpWire.ToDatabase(other.Database, out var byWire);
        await using var sender = await RunningSender.StartAnotherAsync(infrastructure, other, $"ConnectionStrings:senderdb={byWire}");
        Task<HttpStatusCode> lost;
        await using (var held = await DatabaseLock.TakeAsync(other.Database, "LOCK TABLE entity_items IN EXCLUSIVE MODE"))
        {
            lost = PostAsync(sender);
            await held.WaitedForAsync("INSERT INTO entity_items");
            wire.Forget();
        }

        // The server has the rows and waits for a COMMIT that never comes. Nobody else can use the key meanwhile.
        var forgotten = Stopwatch.GetTimestamp();
        Assert.Equal(HttpStatusCode.Created, await PostAsync(other));
        await Eventually.GetAsync(() => PostAsync(sender), status => status == HttpStatusCode.Created, Promptly);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await lost);
        Assert.InRange(Stopwatch.GetElapsedTime(forgotten), TimeSpan.Zero, Promptly);
        Assert.Equal(1, await Sql.ScalarAsync<long>(other.Database, "SELECT count(*) FROM entity_items"));
    }

    /// <summary>The connection by which Npgsql cancels a statement gets no answer either, nor does a new one.</summary>
    [Fact]
    public async Task A_request_to_a_database_that_falls_silent_is_503_within_ten_seconds()
    {
        await using var other = await RunningSender.StartAsync(infrastructure);
        await using var wire = TcpWire.ToDatabase(other.Database, out var byWire);
        await using var sender = await RunningSender.StartAnotherAsync(infrastructure, other, $"ConnectionStrings:senderdb={byWire}");
        Assert.Equal(HttpStatusCode.Created, await PostAsync(sender));
        wire.SwallowRequests();
        for (var request = 0; request < 2; request++)
        {
            var asked = Stopwatch.GetTimestamp();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(sender));
            Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }
    }

    /// <summary>Each of these requests blocks a thread for seconds, because Npgsql cancels a statement synchronously.</summary>
    [Fact]
    public async Task Many_requests_to_a_database_that_falls_silent_are_503_within_ten_seconds()
    {
        await using var wire = TcpWire.ToDatabase(await RunningSender.CreateDatabaseAsync(infrastructure), out var byWire);
        await using var sender = ServiceInstance.Start(
            RunningSender.Service, RunningSender.Settings(byWire, infrastructure.Broker, Infrastructure.NewQueue()));
        var address = await Eventually.GetAsync(() => Task.FromResult(sender.Address), address => address is not null);
        using var client = new HttpClient { BaseAddress = address };

        // Each has a connection of its own then.
        await Eventually.GetAsync(PostManyAsync, answers => Array.TrueForAll(answers, answer => answer.Status == HttpStatusCode.Created));
        wire.SwallowRequests();
        var answers = await PostManyAsync();
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status));
        Assert.All(answers, answer => Assert.InRange(answer.Took, TimeSpan.Zero, TimeSpan.FromSeconds(10)));

        Task<(HttpStatusCode Status, TimeSpan Took)[]> PostManyAsync() => Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            var asked = Stopwatch.GetTimestamp();
            using var answer = await client.PostAsJsonAsync("/api/EntityItems", new { name = "many", value = 1m });
            return (answer.StatusCode, Stopwatch.GetElapsedTime(asked));
        }));
    }

    private static async Task<HttpStatusCode> PostAsync(RunningSender sender)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/EntityItems")
        {
            Content = JsonContent.Create(new { name = "once", value = 1m }),
            Headers = { { "Idempotency-Key", "lost" } },
        };
        using var response = await sender.Client.SendAsync(request);
        return response.StatusCode;
    }
}

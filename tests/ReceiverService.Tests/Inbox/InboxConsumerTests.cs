using ReceiverService.EntityItems;

namespace ReceiverService.Tests.Inbox;

[Collection(ReceiverSuite.Name)]
public sealed class InboxConsumerTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private readonly Guid _id = Guid.CreateVersion7();
    private RunningReceiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await RunningReceiver.StartAsync(infrastructure);

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task A_message_is_applied_and_recorded()
    {
        await SendCreatedAsync(Guid.NewGuid(), 1, "first");
        var item = await ItemAsync(item => item is not null);
        Assert.Equal(("first", 1m, 1L), (item!.Name, item.Value, item.Version));
        Assert.Equal(1, await InboxCountAsync());
    }

    [Fact]
    public async Task A_second_delivery_has_no_effect_even_with_another_body()
    {
        var messageId = Guid.NewGuid();
        await SendCreatedAsync(messageId, 1, "first");
        await ItemAsync(item => item is not null);

        await SendCreatedAsync(messageId, 2, "delivered twice");
        await SendLastAsync();
        Assert.Equal("first", (await ItemAsync(_ => true))!.Name);
        Assert.Equal(2, await InboxCountAsync());
    }

    [Fact]
    public async Task Duplicates_that_come_in_one_batch_have_one_effect()
    {
        var messageId = Guid.NewGuid();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => SendCreatedAsync(messageId, 1, "first")));
        await SendLastAsync();
        Assert.Equal("first", (await ItemAsync(_ => true))!.Name);
        Assert.Equal(2, await InboxCountAsync());
    }

    [Fact]
    public async Task An_older_version_that_comes_later_is_recorded_and_not_applied()
    {
        // Applied before the others come: within one batch, the newest version would be taken without asking the table.
        await SendCreatedAsync(Guid.NewGuid(), 3, "third");
        await ItemAsync(item => item is not null);
        await SendCreatedAsync(Guid.NewGuid(), 1, "first");
        await SendCreatedAsync(Guid.NewGuid(), 2, "second");
        await SendLastAsync();
        Assert.Equal(("third", 3L), ((await ItemAsync(_ => true))!.Name, (await ItemAsync(_ => true))!.Version));
        Assert.Equal(4, await InboxCountAsync());
    }

    [Fact]
    public async Task A_deleted_entity_is_gone_and_stays_gone()
    {
        await SendCreatedAsync(Guid.NewGuid(), 1, "first");
        await ItemAsync(item => item is not null);
        await _receiver.SendAsync(
            Guid.NewGuid(), nameof(EntityItemDeleted), 3, $$"""{"id": "{{_id}}", "deletedAt": "2026-01-03T00:00:00Z"}""");
        await ItemAsync(item => item is null);
        await SendCreatedAsync(Guid.NewGuid(), 2, "second");
        await SendLastAsync();
        Assert.Null(await ItemAsync(_ => true));
        Assert.Equal(4, await InboxCountAsync());
    }

    public static TheoryData<string, string, string> Unprocessable => new()
    {
        { nameof(EntityItemCreated), "{", "is not the JSON" },
        { nameof(EntityItemCreated), """{"id": "0195a3c0-7d1e-7c4a-9b2f-3e5d6a7b8c9d"}""", "missing required" },
        { nameof(EntityItemCreated), "null", "is not the JSON" },
        { "SomethingElse", "{}", "'SomethingElse' is unknown" },
        { nameof(EntityItemCreated), Body(Guid.Empty, "with\\u0000nul"), "0x00" },
    };

    [Theory]
    [MemberData(nameof(Unprocessable))]
    public async Task A_message_that_cannot_be_processed_is_kept_with_the_reason_and_the_others_go_through(
        string type, string body, string reason)
    {
        await SendCreatedAsync(Guid.NewGuid(), 1, "before");
        await _receiver.SendAsync(Guid.NewGuid(), type, 1, body);
        await SendLastAsync();

        // A message that fails in the database is tried again. The others do not wait for it.
        var letter = Assert.Single(await _receiver.DeadLettersAsync(1));
        Assert.Contains(reason, letter.Reason, StringComparison.Ordinal);
        Assert.Equal(body, await _receiver.Client.GetStringAsync($"/api/dead-letters/{letter.Id}/body"));
        Assert.Equal("before", (await ItemAsync(_ => true))!.Name);
    }

    private static string Body(Guid id, string name) => Events.Body(id, name);

    private Task SendCreatedAsync(Guid messageId, long version, string name) =>
        _receiver.SendAsync(messageId, nameof(EntityItemCreated), version, Body(_id, name));

    private Task SendLastAsync() => _receiver.SendLastAsync();

    private Task<EntityItemResponse?> ItemAsync(Predicate<EntityItemResponse?> condition) => _receiver.ItemAsync(_id, condition);

    private async Task<int> InboxCountAsync() =>
        (int)await Sql.ScalarAsync<long>(_receiver.Database, "SELECT count(*) FROM inbox_messages");
}

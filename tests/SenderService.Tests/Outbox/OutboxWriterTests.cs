using SenderService.Tests.Outbox.Relay;

namespace SenderService.Tests.Outbox;

[Collection(SenderSuite.Name)]
public sealed class OutboxWriterTests(Infrastructure infrastructure)
{
    /// <summary>The ids order the messages of an aggregate, also of one that changes several times in a unit of work.</summary>
    [Fact]
    public async Task Messages_of_one_unit_of_work_are_numbered_in_the_order_in_which_they_were_added()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        long[] versions = [.. Enumerable.Range(1, 100)];

        await table.AddAsync(Guid.CreateVersion7(), versions);

        Assert.Equal(versions, await Sql.ScalarAsync<long[]>(table.Database, "SELECT array_agg(aggregate_version ORDER BY id) FROM outbox_messages"));
    }
}

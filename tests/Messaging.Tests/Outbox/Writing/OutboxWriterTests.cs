using System.Diagnostics;
using Messaging.Outbox.Writing;

namespace Messaging.Tests.Outbox.Writing;

[Collection(MessagingSuite.Name)]
public sealed class OutboxWriterTests(Infrastructure infrastructure)
{
    /// <summary>
    /// Ids order the messages of an aggregate, also of one that changes several times in a unit of work. EF Core inserts the rows of one
    /// SaveChanges in the order of their keys. It does not promise that sort, so this test holds it.
    /// </summary>
    [Fact]
    public async Task Messages_of_one_unit_of_work_are_numbered_in_the_order_in_which_they_were_added()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        long[] versions = [.. Enumerable.Range(1, 100)];

        await table.AddAsync(Guid.CreateVersion7(), versions);

        const string InOrder = "SELECT array_agg(aggregate_version ORDER BY id) FROM outbox_messages";
        Assert.Equal(versions, await Sql.ScalarAsync<long[]>(table.Database, InOrder));
    }

    /// <summary>A consumer would take the flag for a decision not to record, and drop its own spans.</summary>
    [Theory]
    [InlineData(ActivityTraceFlags.None, false)]
    [InlineData(ActivityTraceFlags.Recorded, true)]
    public void Only_a_trace_that_somebody_records_is_passed_on(ActivityTraceFlags flags, bool isPassedOn)
    {
        using var request = new Activity("request");
        request.SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags).Start();

        var headers = OutboxHeaders.Current(Guid.NewGuid());
        Assert.Equal(isPassedOn ? request.Id : null, headers.TraceParent);
        Assert.Equal(request.TraceId.ToHexString(), headers.CorrelationId);
    }

    [Fact]
    public async Task The_headers_of_a_row_hold_what_was_set_and_nothing_that_was_computed()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await table.AddAsync(Guid.CreateVersion7(), 1);
        const string Names = "SELECT array_agg(name ORDER BY name) FROM outbox_messages, json_object_keys(headers) AS name";
        Assert.Equal(["baggage", "correlationId", "traceParent", "traceState"], await Sql.ScalarAsync<string[]>(table.Database, Names));
    }
}

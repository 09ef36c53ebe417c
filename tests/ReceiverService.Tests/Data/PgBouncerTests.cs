using System.Net;
using ReceiverService.EntityItems;

namespace ReceiverService.Tests.Data;

/// <summary>A receiver behind PgBouncer in transaction mode.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class PgBouncerTests(Infrastructure infrastructure)
{
    private const string Sentence =
        "The connection string 'receiverdb' leads to a connection pooler in transaction mode, which has no sessions: "
        + "set ConnectionStrings__receiverdb-direct to the address of the server itself.";

    [PgBouncerFact]
    public async Task Requests_go_through_the_pooler_and_two_consumers_and_migrations_go_past_it()
    {
        var database = await infrastructure.CreateDatabaseAsync();
        await using var pooler = await PgBouncer.StartAsync(database, ignores: "");
        string[] settings =
        [
            $"ConnectionStrings:receiverdb={pooler.Database};Max Auto Prepare=0",
            $"ConnectionStrings:receiverdb-direct={database};Application Name=direct",

            // Consumer and retention take turns with the pooled DbContexts.
            "Inbox:Retention:Interval=00:00:00.01",
        ];
        await using var receiver = await RunningReceiver.StartAsync(infrastructure, settings);
        await using var other = await RunningReceiver.StartAsync(infrastructure, settings);
        await using (var held = await DatabaseLock.TakeAsync(database, "LOCK TABLE entity_items IN EXCLUSIVE MODE"))
        {
            await receiver.SendAsync(Events.Created(Guid.CreateVersion7(), 1, "first"));
            await held.WaitedForAsync("INSERT INTO entity_items");
            Assert.Equal("direct", await Sql.ScalarAsync<string>(database, """
                SELECT application_name FROM pg_stat_activity WHERE query LIKE '%INSERT INTO entity_items%' AND wait_event_type = 'Lock'
                """));
        }

        await receiver.SendLastAsync();
        await Parallel.ForAsync(0, 200, async (i, cancellationToken) =>
        {
            string[] paths = ["/api/EntityItems", "/api/inbox", "/api/dead-letters"];
            using var response = await (i % 2 == 0 ? receiver : other).Client.GetAsync(
                new Uri(paths[i % paths.Length], UriKind.Relative), cancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        });
    }

    /// <summary>PgBouncer refuses start-up options, or it is told to drop them.</summary>
    [PgBouncerTheory]
    [InlineData("")]
    [InlineData("options")]
    public async Task Without_a_way_past_the_pooler_the_service_says_what_to_do(string ignores)
    {
        await using var pooler = await PgBouncer.StartAsync(await infrastructure.CreateDatabaseAsync(), ignores);
        await ServiceProcess.AssertSaysWhyItCannotStartAsync(
            Sentence,
            typeof(EntityItem).Assembly,
            [
                $"ConnectionStrings:receiverdb={pooler.Database}",
                $"ConnectionStrings:artemis={infrastructure.Broker}",
                $"Inbox:Queue={Infrastructure.NewQueue()}",
                "urls=http://127.0.0.1:0",
            ]);
    }
}

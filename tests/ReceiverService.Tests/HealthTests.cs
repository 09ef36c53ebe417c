namespace ReceiverService.Tests;

/// <summary>A consumer that makes no progress shows in <c>/health</c>.</summary>
[Collection(ReceiverSuite.Name)]
public sealed class HealthTests(Infrastructure infrastructure)
{
    private const string Stuck = "\"consumer\":{\"status\":\"Degraded\",\"description\":\"No progress for ";

    [Fact]
    public async Task A_consumer_that_is_locked_out_is_degraded_until_it_is_let_in()
    {
        await using var receiver = await RunningReceiver.StartAsync(infrastructure);
        await using (var other = await DatabaseLock.TakeAsync(receiver.Database, "LOCK TABLE inbox_messages"))
        {
            await receiver.SendAsync(Events.Created(Guid.CreateVersion7(), 1, "waits"));
            await other.WaitedForAsync("INSERT INTO inbox_messages");
            await Eventually.GetAsync(receiver.HealthAsync, health => health.Contains(Stuck, StringComparison.Ordinal));
        }

        await Eventually.HealthyAsync(receiver.HealthAsync);
    }

    /// <summary>Each attempt attaches, gets the message, fails and waits.</summary>
    [Fact]
    public async Task A_consumer_without_a_grant_is_degraded_with_the_reason_and_healthy_again_when_there_is_nothing_to_do()
    {
        await using var receiver = await RunningReceiver.StartAsync(infrastructure);
        await receiver.ExecuteAsync("""
            CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE 'not allowed today' USING ERRCODE = '42501'; END $$;
            CREATE TRIGGER forbid BEFORE INSERT ON inbox_messages FOR EACH ROW EXECUTE FUNCTION forbid();
            """);
        await receiver.SendAsync(Events.Created(Guid.CreateVersion7(), 1, "fails"));
        await Eventually.GetAsync(
            receiver.HealthAsync,
            health => health.Contains(Stuck, StringComparison.Ordinal)
                && health.Contains("42501: not allowed today", StringComparison.Ordinal));

        await receiver.ExecuteAsync("DROP TRIGGER forbid ON inbox_messages");
        await Eventually.HealthyAsync(receiver.HealthAsync);
    }
}

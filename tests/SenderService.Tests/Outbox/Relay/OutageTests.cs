using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Messaging.Outbox.Operating;
using Messaging.Outbox.Relay;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>A broker that is away delays messages, and that is all it does.</summary>
[Collection(SenderSuite.Name)]
public sealed class OutageTests(Infrastructure infrastructure)
{
    private const int Messages = 2_000;
    private const int Handful = 10;
    private const long MigrationLock = 0x6F7574626F780001;

    /// <summary>Of the broker's return, plus what a loaded machine takes to publish the backlog.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(5 + 5);

    [Fact]
    public async Task An_outage_counts_no_attempt_logs_a_handful_of_lines_and_ends_soon_after_the_brokers_return()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = ServiceInstance.Start(
            RunningSender.Service, RunningSender.Settings(table.Database, wire.Address, Infrastructure.NewQueue()));
        await table.AddAsync(Guid.CreateVersion7(), 1);
        await Eventually.GetAsync(() => OutboxTable.CountAsync(table.Database, "Sent"), sent => sent == 1);

        var lines = sender.Output.Count;
        wire.Cut();
        await table.AddManyAsync(Messages, aggregates: 500);
        var connections = wire.Connections;
        await Eventually.GetAsync(() => Task.FromResult(wire.Connections), attempts => attempts >= connections + 8);

        wire.Mend();
        await Eventually.GetAsync(() => OutboxTable.CountAsync(table.Database, "Sent"), sent => sent == Messages + 1, Promptly);
        Assert.Equal(0L, await Sql.ScalarAsync<long>(table.Database, "SELECT sum(attempts) FROM outbox_messages"));
        var told = sender.Output.Skip(lines).Where(line => line.Contains(": SenderService", StringComparison.Ordinal) || line.Contains(": ServiceDefaults", StringComparison.Ordinal));
        Assert.InRange(told.Count(), 2, Handful);
    }

    /// <summary>By the processor's time, which a busy machine does not change; for a few polls, none of which there is room for.</summary>
    [Fact]
    public async Task A_relay_that_waits_for_a_silent_broker_rests()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = ServiceInstance.Start(
            RunningSender.Service,
            [.. RunningSender.Settings(table.Database, wire.Address, Infrastructure.NewQueue()), "Outbox:BatchSize=10", "Outbox:MaxInFlight=10"]);
        await table.AddAsync(Guid.CreateVersion7(), 1);
        await Eventually.GetAsync(() => OutboxTable.CountAsync(table.Database, "Sent"), sent => sent == 1);

        wire.KeepsAcceptances = true;
        await table.AddManyAsync(Messages, aggregates: 500);
        await Eventually.GetAsync(() => Task.FromResult(wire.Transfers), transfers => transfers == 11);
        using var polls = new PeriodicTimer(TimeSpan.FromSeconds(1));
        await polls.WaitForNextTickAsync();
        var before = sender.ProcessorTime;
        for (var poll = 0; poll < 3; poll++)
        {
            await polls.WaitForNextTickAsync();
        }

        Assert.InRange(sender.ProcessorTime - before, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    /// <summary>As one does that is starting or stopping, or a proxy in front of none. Here clients throw what they like.</summary>
    [Fact]
    public async Task A_broker_that_hangs_up_while_it_is_connected_to_is_an_outage_that_health_tells_of()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        wire.Cut();
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address);
        await Eventually.GetAsync(
            sender.HealthAsync,
            health => health.Contains($"The broker at 127.0.0.1:{wire.Port} cannot be reached", StringComparison.Ordinal));

        wire.Mend();
        await Eventually.HealthyAsync(sender.HealthAsync);
    }

    [Fact]
    public async Task The_spans_of_batches_end_when_the_link_does()
    {
        using var spans = new RecordedSpans(OutboxTelemetry.Name);
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address, "Outbox:MaxInFlight=10");
        wire.DetachLink();
        await OutboxTable.AddManyAsync(sender.Database, Messages, aggregates: 500);
        await Eventually.GetAsync(() => OutboxTable.CountAsync(sender.Database, "Sent"), sent => sent == Messages);

        Assert.True(wire.Transfers > Messages, "All were sent at the first attempt: nothing was in flight when the link ended.");
        var own = spans.All.Where(batch => batch.OperationName == $"relay {sender.Queue}").ToArray();
        Assert.True(own.Length > 1, "Nothing was read again.");
        Assert.All(own, batch => Assert.True(batch.IsStopped));
    }

    /// <summary>The broker gives one message back and takes its time over the others: they count, and only that one is sent again.</summary>
    [Fact]
    public async Task After_a_release_the_answers_that_come_late_still_count()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address);
        wire.ReleaseNext();
        wire.PauseNext(TimeSpan.FromMilliseconds(500));
        await OutboxTable.AddManyAsync(sender.Database, Handful, aggregates: Handful);
        await Eventually.GetAsync(() => OutboxTable.CountAsync(sender.Database, "Sent"), sent => sent == Handful);

        Assert.Equal(Handful + 1, wire.Transfers);
        Assert.Equal(0L, await Sql.ScalarAsync<long>(sender.Database, "SELECT sum(attempts) FROM outbox_messages"));
    }

    [Fact]
    public async Task After_a_stall_the_answers_that_come_late_still_count()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address, "Outbox:PublishTimeout=00:00:00.3", "Outbox:PollInterval=00:00:00.1");
        wire.PauseNext(TimeSpan.FromSeconds(1));
        await OutboxTable.AddManyAsync(sender.Database, Handful, aggregates: Handful);
        await Eventually.GetAsync(() => OutboxTable.CountAsync(sender.Database, "Sent"), sent => sent == Handful);

        Assert.Equal(Handful, wire.Transfers);
    }

    /// <summary>Its second message is not sent, as the answer to the first comes when the service stops already.</summary>
    [Fact]
    public async Task The_span_of_a_batch_that_the_service_breaks_off_ends()
    {
        using var spans = new RecordedSpans(OutboxTelemetry.Name);
        await using var wire = new BrokerWire(infrastructure.Broker);
        var sender = await RunningSender.StartAsync(infrastructure, wire.Address);
        await using (sender)
        {
            wire.PauseNext(TimeSpan.FromMilliseconds(500));
            await OutboxTable.AddManyAsync(sender.Database, 2, aggregates: 1);
            await Eventually.GetAsync(() => Task.FromResult(wire.Transfers), transfers => transfers == 1);
        }

        Assert.Equal((1, 1), (await OutboxTable.CountAsync(sender.Database, "Sent"), await OutboxTable.CountAsync(sender.Database, "Pending")));
        Assert.All(spans.All.Where(span => span.OperationName == $"relay {sender.Queue}"), batch => Assert.True(batch.IsStopped));
    }

    [Fact]
    public async Task A_sender_that_starts_without_its_database_works_as_soon_as_it_is_there()
    {
        var database = await infrastructure.CreateDatabaseAsync();
        await using var wire = TcpWire.ToDatabase(database, out var byWire);
        wire.Cut();
        await using var sender = await ServiceHost.StartAsync(
            RunningSender.Service, RunningSender.Settings(byWire, infrastructure.Broker, Infrastructure.NewQueue()));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(sender));

        // While another instance is at the migrations, that is under their lock, the tables are not there.
        await using (var migrating = new NpgsqlConnection(database))
        {
            await migrating.OpenAsync();
            await using var transaction = await migrating.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({MigrationLock})", migrating);
            await hold.ExecuteNonQueryAsync();
            wire.Mend();
            const string Waiting = $"SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND {OutboxLocks.IsHere})";
            await Eventually.GetAsync(() => Sql.ScalarAsync<bool>(database, Waiting), waits => waits);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(sender));
        }

        await Eventually.GetAsync(() => PostAsync(sender), status => status == HttpStatusCode.Created);
        await Eventually.GetAsync(() => OutboxTable.CountAsync(database, "Sent"), sent => sent == 1);
    }

    private static async Task<HttpStatusCode> PostAsync(ServiceHost sender)
    {
        using var created = await sender.Client.PostAsJsonAsync("/api/EntityItems", new { name = "as soon as possible", value = 1m });
        return created.StatusCode;
    }
}

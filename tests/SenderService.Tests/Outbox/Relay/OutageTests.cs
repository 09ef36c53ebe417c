using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Messaging.Outbox;
using Messaging.Outbox.Sharing;
using SenderService.Data;
using SenderService.EntityItems;
using ServiceDefaults.Data;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>A broker that is away delays messages. It does nothing else to them.</summary>
[Collection(SenderSuite.Name)]
public sealed class OutageTests(Infrastructure infrastructure)
{
    private const int Messages = 2_000;
    private const int Handful = 10;
    private const long MigrationLock = DatabaseMigration<SenderDbContext>.MigrationLock;

    /// <summary>From the broker's return, plus the time in which a loaded machine publishes the backlog.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(5 + 5);

    [Fact]
    public async Task An_outage_counts_no_attempt_logs_a_handful_of_lines_and_ends_soon_after_the_brokers_return()
    {
        var database = await RunningSender.CreateDatabaseAsync(infrastructure);
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = ServiceInstance.Start(
            RunningSender.Service, RunningSender.Settings(database, wire.Address, Infrastructure.NewQueue()));
        await OutboxRows.AddManyAsync(database, 1, aggregates: 1);
        await OutboxRows.SentAsync(database, 1);

        var lines = sender.Output.Count;
        wire.Cut();
        await OutboxRows.AddManyAsync(database, Messages, aggregates: 500);
        var connections = wire.Connections;
        await Eventually.GetAsync(() => Task.FromResult(wire.Connections), attempts => attempts >= connections + 8);

        wire.Restore();
        await OutboxRows.SentAsync(database, Messages + 1, Promptly);
        Assert.Equal(0L, await OutboxRows.AttemptsAsync(database));
        var logged = sender.Output.Skip(lines).Count(line =>
            line.Contains(": Messaging", StringComparison.Ordinal) || line.Contains(": ServiceDefaults", StringComparison.Ordinal));
        Assert.InRange(logged, 2, Handful);
    }

    /// <summary>Measured in processor time, which a busy machine does not change, over a few polls.</summary>
    [Fact]
    public async Task A_relay_that_waits_for_a_silent_broker_uses_almost_no_processor_time()
    {
        var database = await RunningSender.CreateDatabaseAsync(infrastructure);
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = ServiceInstance.Start(
            RunningSender.Service,
            [.. RunningSender.Settings(database, wire.Address, Infrastructure.NewQueue()), "Outbox:BatchSize=10", "Outbox:MaxInFlight=10"]);
        await OutboxRows.AddManyAsync(database, 1, aggregates: 1);
        await OutboxRows.SentAsync(database, 1);

        wire.KeepsAcceptances = true;
        await OutboxRows.AddManyAsync(database, Messages, aggregates: 500);
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

    /// <summary>
    /// A broker that starts or stops does so, or a proxy without a broker behind it. The client then throws all kinds of exceptions.
    /// </summary>
    [Fact]
    public async Task A_broker_that_hangs_up_while_the_service_connects_is_an_outage_that_health_reports()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        wire.Cut();
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address);
        await Eventually.GetAsync(
            sender.HealthAsync,
            health => health.Contains($"The broker at 127.0.0.1:{wire.Port} cannot be reached", StringComparison.Ordinal));

        wire.Restore();
        await Eventually.HealthyAsync(sender.HealthAsync);
    }

    [Fact]
    public async Task The_spans_of_messages_end_when_the_link_does()
    {
        using var spans = new RecordedSpans(OutboxExtensions.TelemetryName);
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address, "Outbox:MaxInFlight=10");
        wire.DetachLink();
        await OutboxRows.AddManyAsync(sender.Database, Messages, aggregates: 500);
        await OutboxRows.SentAsync(sender.Database, Messages);

        Assert.True(wire.Transfers > Messages, "All were sent at the first attempt: nothing was in flight when the link ended.");
        var own = spans.All.Where(span => span.OperationName == $"send {sender.Queue}").ToArray();
        Assert.True(own.Length > Messages, "Nothing was sent again.");
        Assert.All(own, span => Assert.True(span.IsStopped));
    }

    /// <summary>The broker gives one message back, and accepts the others late. They count, and only that one is sent again.</summary>
    [Fact]
    public async Task After_a_release_the_answers_that_come_late_still_count()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await RunningSender.StartAsync(infrastructure, wire.Address);
        wire.ReleaseNext();
        wire.PauseNext(TimeSpan.FromMilliseconds(500));
        await OutboxRows.AddManyAsync(sender.Database, Handful, aggregates: Handful);
        await OutboxRows.SentAsync(sender.Database, Handful);

        Assert.Equal(Handful + 1, wire.Transfers);
        Assert.Equal(0L, await OutboxRows.AttemptsAsync(sender.Database));
    }

    [Fact]
    public async Task After_a_stall_the_answers_that_come_late_still_count()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        await using var sender = await RunningSender.StartAsync(
            infrastructure, wire.Address, "Outbox:PublishTimeout=00:00:00.3", "Outbox:PollInterval=00:00:00.1");
        wire.PauseNext(TimeSpan.FromSeconds(1));
        await OutboxRows.AddManyAsync(sender.Database, Handful, aggregates: Handful);
        await OutboxRows.SentAsync(sender.Database, Handful);

        Assert.Equal(Handful, wire.Transfers);
    }

    /// <summary>The broker never answers for what is in flight, and its heartbeats go on.</summary>
    [Fact]
    public async Task After_a_stall_the_relay_goes_on_by_another_connection()
    {
        await using var wire = new BrokerWire(infrastructure.Broker) { KeepsAcceptances = true };
        await using var sender = await RunningSender.StartAsync(
            infrastructure, wire.Address, "Outbox:PublishTimeout=00:00:00.3", "Outbox:ShutdownGrace=00:00:00.1");
        await OutboxRows.AddManyAsync(sender.Database, Handful, aggregates: Handful);
        await Eventually.GetAsync(() => Task.FromResult(wire.Connections), connections => connections > 1);

        wire.KeepsAcceptances = false;
        await OutboxRows.SentAsync(sender.Database, Handful);
    }

    /// <summary>The second message is of the same aggregate. The answer to the first comes when the service is stopping already.</summary>
    [Fact]
    public async Task A_service_that_stops_marks_what_is_in_flight_and_sends_no_more()
    {
        using var spans = new RecordedSpans(OutboxExtensions.TelemetryName);
        await using var wire = new BrokerWire(infrastructure.Broker);
        var sender = await RunningSender.StartAsync(infrastructure, wire.Address);
        await using (sender)
        {
            wire.PauseNext(TimeSpan.FromMilliseconds(500));
            await OutboxRows.AddManyAsync(sender.Database, 2, aggregates: 1);
            await Eventually.GetAsync(() => Task.FromResult(wire.Transfers), transfers => transfers == 1);
        }

        Assert.Equal(1, await OutboxRows.CountAsync(sender.Database, "Sent"));
        Assert.Equal(1, await OutboxRows.CountAsync(sender.Database, "Pending"));
        Assert.True(Assert.Single(spans.All, span => span.OperationName == $"send {sender.Queue}").IsStopped);
    }

    [Fact]
    public async Task The_span_of_a_message_that_the_broker_has_not_answered_ends_with_the_service()
    {
        using var spans = new RecordedSpans(OutboxExtensions.TelemetryName);
        await using var wire = new BrokerWire(infrastructure.Broker) { KeepsAcceptances = true };
        var sender = await RunningSender.StartAsync(infrastructure, wire.Address, "Outbox:ShutdownGrace=00:00:00.1");
        await using (sender)
        {
            await OutboxRows.AddManyAsync(sender.Database, 2, aggregates: 2);
            await Eventually.GetAsync(() => Task.FromResult(wire.Transfers), transfers => transfers == 2);
        }

        var own = spans.All.Where(span => span.OperationName == $"send {sender.Queue}").ToArray();
        Assert.Equal(2, own.Length);
        Assert.All(own, span => Assert.True(span.IsStopped));
    }

    /// <summary>A broker that has no room gives everything back. The relay pauses longer and longer, and logs this outage once.</summary>
    [Fact]
    public async Task A_broker_that_gives_every_message_back_is_one_outage()
    {
        var database = await RunningSender.CreateDatabaseAsync(infrastructure);
        await using var wire = new BrokerWire(infrastructure.Broker) { ReleasesAll = true };
        await using var sender = ServiceInstance.Start(
            RunningSender.Service, RunningSender.Settings(database, wire.Address, Infrastructure.NewQueue()));
        await OutboxRows.AddManyAsync(database, 1, aggregates: 1);
        await Eventually.GetAsync(() => Task.FromResult(wire.Releases), releases => releases >= 5);

        wire.ReleasesAll = false;
        await OutboxRows.SentAsync(database, 1, Promptly);
        Assert.Single(sender.Output, line => line.Contains("The broker does not take messages now", StringComparison.Ordinal));
        Assert.Equal(0L, await OutboxRows.AttemptsAsync(database));
    }

    [Fact]
    public async Task A_sender_that_starts_without_its_database_works_as_soon_as_it_is_there()
    {
        var database = await infrastructure.CreateDatabaseAsync();
        await using var wire = TcpWire.ToDatabase(database, out var byWire);
        wire.Cut();
        await using var sender = new ServiceHost<EntityItem>(
            RunningSender.Settings(byWire, infrastructure.Broker, Infrastructure.NewQueue()));
        sender.Start();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(sender));

        // The tables are missing while another instance migrates. It holds this lock then.
        await using (var migrating = new NpgsqlConnection(database))
        {
            await migrating.OpenAsync();
            await using var transaction = await migrating.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({MigrationLock})", migrating);
            await hold.ExecuteNonQueryAsync();
            wire.Restore();
            const string Waiting =
                $"SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND {OutboxLocks.IsHere})";
            await Eventually.GetAsync(() => Sql.ScalarAsync<bool>(database, Waiting), waits => waits);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(sender));
        }

        await Eventually.GetAsync(() => PostAsync(sender), status => status == HttpStatusCode.Created);
        await OutboxRows.SentAsync(database, 1);
    }

    private static async Task<HttpStatusCode> PostAsync(ServiceHost<EntityItem> sender)
    {
        using var created = await sender.Client.PostAsJsonAsync("/api/EntityItems", new { name = "as soon as possible", value = 1m });
        return created.StatusCode;
    }
}

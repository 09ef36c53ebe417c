using Npgsql;
using ServiceDefaults.Startup;

namespace Messaging.Tests.Outbox.Wal;

/// <summary>What a relay that follows the log needs from its database.</summary>
[Collection(MessagingSuite.Name)]
public sealed class LogSetUpTests(Infrastructure infrastructure)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_user_who_may_not_read_the_log_ends_the_service_with_one_sentence_that_says_what_to_do()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        var user = $"user_{Guid.NewGuid():N}";
        await Sql.ExecuteAsync(
            table.Database, $"CREATE ROLE {user} LOGIN PASSWORD 'x'; GRANT ALL ON ALL TABLES IN SCHEMA public TO {user}");
        var database = new NpgsqlConnectionStringBuilder(table.Database) { Username = user, Password = "x" }.ConnectionString;
        Assert.Equal(
            "Outbox:Relay is Wal, but the user of the database may not read the log: "
            + $"run ALTER ROLE \"{user}\" REPLICATION, or set Outbox:Relay to Polling.",
            await FailedStartAsync(database));

        await Sql.ExecuteAsync(table.Database, $"ALTER ROLE {user} REPLICATION");
        Assert.Equal(
            "Outbox:Relay is Wal, but the user of the database may not create the publication: let the owner of the table run "
            + "CREATE PUBLICATION outbox_messages FOR TABLE outbox_messages WITH (publish = 'insert'), or set Outbox:Relay to Polling.",
            await FailedStartAsync(database));

        await Sql.ExecuteAsync(table.Database, "CREATE PUBLICATION outbox_messages FOR TABLE outbox_messages WITH (publish = 'insert')");
        await using var host = await OutboxHost.StartAsync(database, infrastructure.Broker, configure: null, "Outbox:Relay=Wal");
        await LogSlot.FollowedAsync(table);
    }

    /// <summary>Npgsql opens a connection that reads the log without a data source, so without its password provider.</summary>
    [Fact]
    public async Task A_connection_string_without_a_password_ends_the_service_with_one_sentence_that_says_what_to_do()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        var address = new NpgsqlConnectionStringBuilder(table.Database);
        var password = address.Password!;
        address.Password = null;
        Assert.Equal(
            "Outbox:Relay is Wal, but the connection string has no password, and a password provider does not reach the connection "
            + "that reads the log: add the password, or set Outbox:Relay to Polling.",
            await FailedStartAsync(
                address.ConnectionString, source => source.UsePasswordProvider(_ => password, (_, _) => ValueTask.FromResult(password))));
    }

    [PostgresPairFact]
    public async Task A_server_whose_log_cannot_be_read_ends_the_service_with_one_sentence_that_says_what_to_do()
    {
        await using var servers = await PostgresPair.StartAsync();
        await using var db = OrderDbContext.Open(servers.Database);
        await db.Database.EnsureCreatedAsync();
        Assert.Equal(
            "Outbox:Relay is Wal, but the server's wal_level is replica: "
            + "set it to logical and restart the server, or set Outbox:Relay to Polling.",
            await FailedStartAsync(servers.Database));
    }

    [Fact]
    public async Task Two_instances_that_start_together_share_one_publication_and_one_slot_and_so_does_the_next_one()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        var both = await Task.WhenAll(StartAsync(), StartAsync());
        await LogSlot.FollowedAsync(table);
        foreach (var host in both)
        {
            await host.DisposeAsync();
        }

        await using var next = await StartAsync();
        await LogSlot.FollowedAsync(table);
        Assert.Equal(1, await LogSlot.CountAsync(table.Database));
        await OutboxRows.SentAsync(table.Database, 2);

        Task<OutboxHost> StartAsync() =>
            OutboxHost.StartAsync(table.Database, infrastructure.Broker, configure: null, "Outbox:Relay=Wal");
    }

    /// <returns>The sentence with which the service ends.</returns>
    private async Task<string?> FailedStartAsync(string database, Action<NpgsqlDataSourceBuilder>? configure = null)
    {
        var builder = OutboxHost.CreateBuilder<OrderDbContext>(database, infrastructure.Broker, ["Outbox:Relay=Wal"], configure);
        await using var app = builder.Build();
        return StartupFailure.SentenceFor(await Assert.ThrowsAnyAsync<Exception>(() => app.RunServiceAsync().WaitAsync(Patience)));
    }
}

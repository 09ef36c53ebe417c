using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceDefaults.Startup;

namespace Messaging.Tests.Outbox;

[Collection(MessagingSuite.Name)]
public sealed class OutboxExtensionsTests(Infrastructure infrastructure)
{
    [Fact]
    public async Task A_model_without_the_outbox_ends_the_service_with_one_sentence()
    {
        var builder = OutboxHost.CreateBuilder<ForgetfulDbContext>(await infrastructure.CreateDatabaseAsync(), infrastructure.Broker, []);
        await using var app = builder.Build();
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync());
        Assert.Equal(
            "ForgetfulDbContext has no outbox: call modelBuilder.ApplyOutbox() in its OnModelCreating, and add a migration.",
            StartupFailure.SentenceFor(exception));
    }

    [Fact]
    public async Task A_service_without_a_queue_ends_with_one_sentence()
    {
        var database = await infrastructure.CreateDatabaseAsync();
        var builder = OutboxHost.CreateBuilder<OrderDbContext>(database, infrastructure.Broker, ["Outbox:Queue="]);
        await using var app = builder.Build();
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync());
        Assert.Equal("Outbox:Queue is not set: set it to the queue to publish to.", StartupFailure.SentenceFor(exception));
    }

    /// <summary>The server wants a password, and the connection string has none. So every session gets it from the provider.</summary>
    [Fact]
    public async Task The_sessions_of_the_relay_get_their_password_from_the_same_provider_as_the_DbContext()
    {
        await using var table = await OutboxTable.CreateAsync(infrastructure);
        var address = new NpgsqlConnectionStringBuilder(table.Database);
        var password = address.Password;
        address.Password = null;
        await using (var without = new NpgsqlConnection(address.ConnectionString))
        {
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => without.OpenAsync());
        }

        var builder = OutboxHost.CreateBuilder<OrderDbContext>(
            address.ConnectionString,
            infrastructure.Broker,
            ["Outbox:Relay=Polling"],
            source => source.UsePasswordProvider(_ => password!, (_, _) => ValueTask.FromResult(password!)));
        await using var app = builder.Build();
        await app.StartAsync();
        await using (var scope = app.Services.CreateAsyncScope())
        {
            Assert.Empty(await scope.ServiceProvider.GetRequiredService<OrderDbContext>().Orders.ToListAsync());
        }

        await table.AddAsync(Guid.CreateVersion7(), 1);
        await OutboxRows.SentAsync(table.Database, 1);
        await app.StopAsync();
    }

    /// <summary>Its author has forgotten ApplyOutbox.</summary>
    private sealed class ForgetfulDbContext(DbContextOptions<ForgetfulDbContext> options) : DbContext(options);
}

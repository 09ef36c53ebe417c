using System.Collections.Concurrent;
using Messaging.Tests.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ServiceDefaults.Data;

namespace Messaging.Tests.Data;

/// <summary>A long migration says what it does, and for how long. The time passes by the clock of the test.</summary>
[Collection(MessagingSuite.Name)]
public sealed class MigrationLogTests(Infrastructure infrastructure)
{
    [Fact]
    public async Task A_long_wait_is_logged_again_and_again_with_its_time()
    {
        var database = await infrastructure.CreateDatabaseAsync();
        await using var services = new ServiceCollection().AddScoped(_ => OrderDbContext.Open(database)).BuildServiceProvider();
        var time = new FakeTimeProvider();
        var log = new Lines();
        var source = new DatabaseSource<OrderDbContext>("orders", database, direct: null, configure: null);
        using var migration = new DatabaseMigration<OrderDbContext>(
            services.GetRequiredService<IServiceScopeFactory>(), source, time, log);
        await using (var other = await DatabaseLock.TakeAsync(
            database, $"SELECT pg_advisory_xact_lock({DatabaseMigration<OrderDbContext>.MigrationLock})"))
        {
            await migration.StartAsync(default);
            await other.WaitedForAsync("SELECT pg_advisory_lock");
            foreach (var line in (int[])[1, 2])
            {
                await Eventually.GetAsync(
                    () =>
                    {
                        time.Advance(TimeSpan.FromSeconds(1));
                        return Task.FromResult(log.All);
                    },
                    lines => lines.Count == line);
            }
        }

        await migration.Completed;
        const string Expected = "Waiting for another instance, which migrates. This has taken 00:0";
        Assert.All(log.All, line => Assert.StartsWith(Expected, line, StringComparison.Ordinal));
    }

    private sealed class Lines : ILogger<DatabaseMigration<OrderDbContext>>
    {
        public ConcurrentQueue<string> All { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue(formatter(state, exception));
    }
}

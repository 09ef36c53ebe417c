using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Npgsql;
using SenderService.EntityItems;

namespace SenderService.Tests.Api;

/// <summary>A database that cannot be used now is 503 with Retry-After, whatever the cause. The caller repeats its request.</summary>
[Collection(SenderSuite.Name)]
public sealed class DatabaseOutageTests(Infrastructure infrastructure)
{
    private const string Path = "/api/EntityItems";

    [Theory]
    [InlineData("Password=wrong")]
    [InlineData("Database=missing")]
    [InlineData("Host=127.0.0.1:1,127.0.0.1:2;Target Session Attributes=primary")]
    public async Task A_service_that_cannot_connect_answers_503(string setting)
    {
        var database = new NpgsqlConnectionStringBuilder($"{await infrastructure.CreateDatabaseAsync()};{setting}").ConnectionString;
        await using var sender = Start(database);
        await DatabaseAway.AssertAnswersAsync(sender.Services, sender.Client);
    }

    [Theory]
    [InlineData("ALTER DATABASE {0} SET default_transaction_read_only = on")]
    [InlineData("ALTER TABLE entity_items RENAME TO elsewhere")]
    public async Task A_database_that_takes_no_entity_any_more_is_503(string change)
    {
        await using var sender = await RunningSender.StartAsync(infrastructure);
        await ChangeAsync(sender, change);
        await AssertRefusedAsync(sender);
    }

    [Fact]
    public async Task A_statement_that_the_server_ends_is_503()
    {
        await using var sender = await RunningSender.StartAsync(infrastructure);
        await ChangeAsync(sender, "ALTER DATABASE {0} SET statement_timeout = '200ms'");
        await using var connection = new NpgsqlConnection(sender.Database);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("LOCK TABLE entity_items, outbox_messages", connection, transaction);
        await hold.ExecuteNonQueryAsync();
        await AssertRefusedAsync(sender);
    }

    /// <summary>The caller sends each entity with a key of its own, again and again until it is answered with 201.</summary>
    [PostgresPairFact]
    public async Task A_failover_under_load_is_503_until_the_standby_is_promoted_and_loses_and_doubles_nothing()
    {
        await using var pair = await PostgresPair.StartAsync();
        await using var sender = Start(pair.Database);
        await sender.WaitUntilHealthyAsync();
        var created = new ConcurrentDictionary<Guid, string>();
        var refused = 0;
        using var enough = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 8).Select(_ => Task.Run(PostAsync)).ToArray();
        await Eventually.GetAsync(() => Task.FromResult(created.Count), count => count > 200);

        await pair.KillPrimaryAsync();
        await Eventually.GetAsync(() => Task.FromResult(Volatile.Read(ref refused)), count => count > 50);
        await pair.PromoteStandbyAsync();
        var before = created.Count;
        await Eventually.GetAsync(() => Task.FromResult(created.Count), count => count > before + 200);
        await enough.CancelAsync();
        await Task.WhenAll(callers);

        Assert.Equal(created.Count, await Sql.ScalarAsync<long>(pair.Database, "SELECT count(*) FROM entity_items"));
        await OutboxRows.SentAsync(pair.Database, created.Count);

        async Task PostAsync()
        {
            while (!enough.IsCancellationRequested)
            {
                var key = Guid.NewGuid().ToString();
                while (await TryPostAsync(key) is not HttpStatusCode.Created)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }

        async Task<HttpStatusCode> TryPostAsync(string key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Path);
            request.Content = JsonContent.Create(new { name = key, value = 1 });
            request.Headers.Add("Idempotency-Key", key);
            using var response = await sender.Client.SendAsync(request);
            if (response.StatusCode == HttpStatusCode.Created)
            {
                Assert.True(created.TryAdd((await response.Content.ReadFromJsonAsync<EntityItemResponse>())!.Id, key));
            }
            else
            {
                Assert.True(
                    response is { StatusCode: HttpStatusCode.ServiceUnavailable, Headers.RetryAfter: not null },
                    $"{response} {await response.Content.ReadAsStringAsync()}");
            }

            return response.StatusCode;
        }
    }

    [Fact]
    public async Task What_is_not_the_absence_of_the_database_is_not_503()
    {
        await using var sender = await RunningSender.StartAsync(infrastructure);
        await Sql.ExecuteAsync(sender.Database, "ALTER TABLE entity_items ADD CONSTRAINT none CHECK (false)");
        using var response = await sender.Client.PostAsJsonAsync(Path, new { name = "a bug", value = 1 });
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    /// <summary>More than once: the first requests may only find that the server has ended their sessions.</summary>
    private static async Task AssertRefusedAsync(RunningSender sender)
    {
        for (var request = 0; request < 5; request++)
        {
            using var response = await sender.Client.PostAsJsonAsync(Path, new { name = "too late", value = 1 });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
        }
    }

    /// <summary>Changes the database for new sessions, and ends those that there are.</summary>
    private static async Task ChangeAsync(RunningSender sender, string change)
    {
        var name = new NpgsqlConnectionStringBuilder(sender.Database).Database;
        await Sql.ExecuteAsync(sender.Database, change.Replace("{0}", name, StringComparison.Ordinal));
        await Sql.ExecuteAsync(sender.Database, $"""
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()
            """);
    }

    private ServiceHost<EntityItem> Start(string database)
    {
        var sender = new ServiceHost<EntityItem>(RunningSender.Settings(database, infrastructure.Broker, Infrastructure.NewQueue()));
        sender.Start();
        return sender;
    }
}

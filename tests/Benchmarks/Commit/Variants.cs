using System.Text.Json;
using Messaging.Amqp;
using Messaging.Outbox;
using Messaging.Outbox.Writing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Data;

namespace Benchmarks.Commit;

/// <summary>Ways to commit an entity and its outbox message in one transaction.</summary>
internal sealed class Variants : IAsyncDisposable
{
    private const string InsertItem = """
        INSERT INTO entity_items (id, name, value, version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
        """;

    private const string InsertRow = """
        INSERT INTO outbox_messages
            (message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts)
        VALUES ($1, 'ItemCreated', $2, $3, 0, $4::json, $5::json, $6, 'Pending', 0)
        """;

    private readonly NpgsqlDataSource _database;
    private readonly WebApplication _service;
    private readonly WebApplication _plainService;

    public Variants(string database)
    {
        _database = NpgsqlDataSource.Create($"Max Auto Prepare=20;{database}");
        _service = Build(database, builder =>
        {
            builder.AddDatabase<OutboxDbContext>("db");
            builder.AddAmqpConnection("artemis");
            builder.AddOutbox<OutboxDbContext>();
        });
        _plainService = Build(database, builder => builder.AddDatabase<PlainDbContext>("db"));
        var pooled = new PooledDbContextFactory<PlainDbContext>(Options().Options);
        var trusting = new PooledDbContextFactory<PlainDbContext>(Options().EnableThreadSafetyChecks(false).Options);
        All = new Dictionary<string, Func<Task>>
        {
            ["Npgsql, BEGIN and both inserts, COMMIT"] = () => InsertAsync(hasTransaction: true),
            ["Npgsql, both inserts as one batch"] = () => InsertAsync(hasTransaction: false),
            ["the service: AddDatabase, AddOutbox, OutboxWriter"] = SaveAsServiceAsync,
            ["AddDatabase, a row written by hand, no wake-up"] = SavePlainAsServiceAsync,
            ["EF Core alone, pooled"] = () => SaveAsync(pooled.CreateDbContext()),
            ["EF Core alone, not pooled"] = () => SaveAsync(new PlainDbContext(Options().Options)),
            ["EF Core alone, no detection of changes, no checks"] = () => SaveAsync(WithoutDetection(trusting.CreateDbContext())),
            ["EF Core alone, no BEGIN and COMMIT"] = () => SaveAsync(WithoutTransaction(pooled.CreateDbContext())),
        };

        // EF Core keeps what it has built from equal options, so new options cost little.
        DbContextOptionsBuilder<PlainDbContext> Options() => new DbContextOptionsBuilder<PlainDbContext>().UseNpgsql(_database);
    }

    /// <summary>Each variant, with its name.</summary>
    public IReadOnlyDictionary<string, Func<Task>> All { get; }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _plainService.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>Builds a service. It is not started, so no relay runs.</summary>
    private static WebApplication Build(string database, Action<WebApplicationBuilder> add)
    {
        var builder = WebApplication.CreateBuilder(
            [$"--ConnectionStrings:db={database}", "--ConnectionStrings:artemis=amqp://localhost", "--Outbox:Queue=commit"]);
        builder.AddServiceDefaults();
        add(builder);
        return builder.Build();
    }

    private async Task SaveAsServiceAsync()
    {
        await using var request = _service.Services.CreateAsyncScope();
        var db = request.ServiceProvider.GetRequiredService<OutboxDbContext>();
        var outbox = request.ServiceProvider.GetRequiredService<OutboxWriter>();
        var item = Item.New();
        db.Add(item);
        outbox.Add(item.Id, item.Version, ItemCreated.Of(item));
        await db.SaveChangesAsync();
    }

    private async Task SavePlainAsServiceAsync()
    {
        await using var request = _plainService.Services.CreateAsyncScope();
        await AddAndSaveAsync(request.ServiceProvider.GetRequiredService<PlainDbContext>());
    }

    private static async Task SaveAsync(PlainDbContext db)
    {
        await using (db)
        {
            await AddAndSaveAsync(db);
        }
    }

    private static async Task AddAndSaveAsync(PlainDbContext db)
    {
        var item = Item.New();
        db.Add(item);
        db.Add(RowOf(item));
        await db.SaveChangesAsync();
    }

    private static PlainDbContext WithoutDetection(PlainDbContext db)
    {
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        return db;
    }

    /// <summary>Both inserts are one batch, which PostgreSQL commits or rolls back as a whole. More than one batch would not be.</summary>
    private static PlainDbContext WithoutTransaction(PlainDbContext db)
    {
        db.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        return db;
    }

    private async Task InsertAsync(bool hasTransaction)
    {
        var item = Item.New();
        var row = RowOf(item);
        await using var connection = await _database.OpenConnectionAsync();
        await using var transaction = hasTransaction ? await connection.BeginTransactionAsync() : null;
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                Command(InsertItem, item.Id, item.Name, item.Value, item.Version, item.CreatedAt, item.UpdatedAt),
                Command(InsertRow, row.MessageId, row.AggregateId, row.AggregateVersion, row.Payload, row.Headers, row.OccurredAt),
            },
        };
        await batch.ExecuteNonQueryAsync();
        if (transaction is not null)
        {
            await transaction.CommitAsync();
        }
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        return command;
    }

    private static Row RowOf(Item item)
    {
        var id = Guid.CreateVersion7(item.CreatedAt);
        return new()
        {
            MessageId = id,
            AggregateId = item.Id,
            AggregateVersion = item.Version,
            Payload = JsonSerializer.Serialize(ItemCreated.Of(item), JsonSerializerOptions.Web),
            Headers = $$"""{"correlationId":"{{id}}"}""",
            OccurredAt = item.CreatedAt,
        };
    }
}

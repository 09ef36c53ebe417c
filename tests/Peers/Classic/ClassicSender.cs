using System.Text;
using System.Text.Json;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Microsoft.EntityFrameworkCore;
using DataSection = Amqp.Framing.Data;

namespace Peers.Classic;

/// <summary>
/// The outbox of most samples: every 5 seconds a loop reads 50 rows, sends one after the other, waits for each, and saves them all as
/// processed. Two of these loops would send everything twice, so there is one.
/// </summary>
internal sealed partial class ClassicSender(IServiceScopeFactory scopes, IConfiguration configuration, ILogger<ClassicSender> logger)
    : BackgroundService
{
    private const int BatchSize = 50;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private SenderLink? _link;

    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var database = PeerDbContext.CreateTables(builder, "senderdb");
        builder.Services.AddDbContextPool<PeerDbContext>(options => options.UseNpgsql(database));
        builder.Services.AddScoped<IPeerOutbox, Outbox>();
        builder.Services.AddHostedService<ClassicSender>();
        var app = builder.Build();
        app.MapEntities();
        return app;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PublishBatchAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The batch is sent again, all of it.
                LogFailure(logger, exception.Message);
                _link?.Session.Connection.Close(TimeSpan.Zero, null);
                _link = null;
            }
        }
    }

    private async Task PublishBatchAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PeerDbContext>();
        var rows = await db.OutboxRows.Where(row => row.ProcessedAt == null).OrderBy(row => row.Id).Take(BatchSize)
            .ToListAsync(cancellationToken);
        _link ??= await AttachAsync();
        foreach (var row in rows)
        {
            await _link.SendAsync(new Message
            {
                Header = new Header { Durable = true },
                Properties = new Properties { MessageId = row.MessageId.ToString(), ContentType = "application/json" },
                BodySection = new DataSection { Binary = Encoding.UTF8.GetBytes(row.Payload) },
            });
            row.ProcessedAt = TimeProvider.System.GetUtcNow();
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task<SenderLink> AttachAsync()
    {
        var connection = await new ConnectionFactory().CreateAsync(new Address(configuration.GetConnectionString("artemis")!));
        var target = new Target { Address = configuration["Outbox:Queue"], Durable = 2, Capabilities = [new Symbol("queue")] };
        return new SenderLink(new Session(connection), "classic", target, null);
    }

    [LoggerMessage(1, LogLevel.Warning, "The batch failed: {Reason}")]
    private static partial void LogFailure(ILogger logger, string reason);

    private sealed class Outbox(PeerDbContext db) : IPeerOutbox
    {
        public PeerDbContext Db => db;

        public ValueTask AddAsync(EntityItemChanged change)
        {
            db.OutboxRows.Add(new OutboxRow { MessageId = Guid.CreateVersion7(), Payload = JsonSerializer.Serialize(change) });
            return ValueTask.CompletedTask;
        }

        public Task SaveAsync(CancellationToken cancellationToken) => db.SaveChangesAsync(cancellationToken);
    }
}

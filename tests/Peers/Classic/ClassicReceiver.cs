using System.Text.Json;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Microsoft.EntityFrameworkCore;

namespace Peers.Classic;

/// <summary>The consumer of most samples: one message, one transaction with its inbox row, then the acknowledgement.</summary>
internal sealed class ClassicReceiver(IServiceScopeFactory scopes, IConfiguration configuration) : BackgroundService
{
    private const int Credit = 100;

    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var database = PeerDbContext.CreateTables(builder, "receiverdb");
        builder.Services.AddDbContextPool<PeerDbContext>(options => options.UseNpgsql(database));
        builder.Services.AddHostedService<ClassicReceiver>();
        return builder.Build();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var connection = await new ConnectionFactory().CreateAsync(new Address(configuration.GetConnectionString("artemis")!));
        var source = new Source { Address = configuration["Inbox:Queue"], Durable = 2, Capabilities = [new Symbol("queue")] };
        var link = new ReceiverLink(new Session(connection), "classic", source, null);
        link.SetCredit(Credit);
        while (!stoppingToken.IsCancellationRequested)
        {
            if (await link.ReceiveAsync(TimeSpan.FromSeconds(1)) is { } message)
            {
                await HandleAsync(message, stoppingToken);
                link.Accept(message);
            }
        }
    }

    private async Task HandleAsync(Message message, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PeerDbContext>();
        var messageId = Guid.Parse(message.Properties.MessageId);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.InboxRows.AnyAsync(row => row.MessageId == messageId, cancellationToken))
        {
            return;
        }

        db.InboxRows.Add(new InboxRow { MessageId = messageId, ProcessedAt = TimeProvider.System.GetUtcNow() });
        await db.SaveChangesAsync(cancellationToken);
        await db.ApplyAsync(JsonSerializer.Deserialize<EntityItemChanged>(message.GetBody<byte[]>())!, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

using JasperFx;
using Microsoft.EntityFrameworkCore;
using Wolverine;
using Wolverine.Configuration;
using Wolverine.EntityFrameworkCore;
using Wolverine.Postgresql;
using Wolverine.RabbitMQ;

namespace Peers.Wolverine;

/// <summary>
/// Wolverine's durable inbox with EF Core's transactional middleware. The setting <c>Ordered</c> also turns on what its documentation has
/// for the order per entity: messages of one group are handled one after the other.
/// </summary>
internal static class WolverineReceiver
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var database = PeerDbContext.CreateTables(builder, "receiverdb");
        builder.Host.UseWolverine(options =>
        {
            options.PersistMessagesWithPostgresql(database);
            options.Services.AddDbContextWithWolverineIntegration<PeerDbContext>(db => db.UseNpgsql(database));
            options.Policies.AutoApplyTransactions();
            options.UseRabbitMq(new Uri(builder.Configuration.GetConnectionString("artemis")!)).AutoProvision();
            var listener = options.ListenToRabbitQueue(builder.Configuration["Inbox:Queue"]!).UseDurableInbox();
            if (builder.Configuration.GetValue<bool>("Ordered"))
            {
                options.MessagePartitioning.ByMessage<EntityItemChanged>(change => change.Id.ToString());
                listener.PartitionProcessingByGroupId(PartitionSlots.Five);
            }

            options.Discovery.DisableConventionalDiscovery().IncludeType(typeof(EntityItemChangedHandler));
            options.AutoBuildMessageStorageOnStartup = AutoCreate.CreateOrUpdate;
        });
        return builder.Build();
    }
}

/// <summary>Applies an event. Wolverine finds the method by its name, and wraps it in a transaction with its inbox.</summary>
public static class EntityItemChangedHandler
{
    public static Task HandleAsync(EntityItemChanged change, PeerDbContext db, CancellationToken cancellationToken) =>
        db.ApplyAsync(change, cancellationToken);
}

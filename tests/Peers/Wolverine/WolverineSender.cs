using JasperFx;
using Microsoft.EntityFrameworkCore;
using Wolverine;
using Wolverine.EntityFrameworkCore;
using Wolverine.Postgresql;
using Wolverine.RabbitMQ;

namespace Peers.Wolverine;

/// <summary>
/// Wolverine's outbox with EF Core, as its documentation recommends: envelopes mapped into the DbContext, a durable outbox, and the queue
/// declared by Wolverine. Publisher confirms are off, its default.
/// </summary>
internal static class WolverineSender
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var database = PeerDbContext.CreateTables(builder, "senderdb");
        builder.Host.UseWolverine(options =>
        {
            options.PersistMessagesWithPostgresql(database);
            options.Services.AddDbContextWithWolverineIntegration<PeerDbContext>(db => db.UseNpgsql(database));
            options.Policies.UseDurableOutboxOnAllSendingEndpoints();
            options.UseRabbitMq(new Uri(builder.Configuration.GetConnectionString("artemis")!)).AutoProvision();
            options.PublishMessage<EntityItemChanged>().ToRabbitQueue(builder.Configuration["Outbox:Queue"]!);

            // The handler of this assembly belongs to the receiver.
            options.Discovery.DisableConventionalDiscovery();
            options.AutoBuildMessageStorageOnStartup = AutoCreate.CreateOrUpdate;
        });
        builder.Services.AddScoped<IPeerOutbox, Outbox>();
        var app = builder.Build();
        app.MapEntities();
        return app;
    }

    private sealed class Outbox(IDbContextOutbox<PeerDbContext> outbox) : IPeerOutbox
    {
        public PeerDbContext Db => outbox.DbContext;

        public ValueTask AddAsync(EntityItemChanged change) => outbox.PublishAsync(change);

        public Task SaveAsync(CancellationToken cancellationToken) => outbox.SaveChangesAndFlushMessagesAsync(cancellationToken);
    }
}

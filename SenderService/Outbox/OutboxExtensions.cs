using SenderService.Data;
using SenderService.Outbox.Operations;
using SenderService.Outbox.Relay;
using SenderService.Outbox.WakeUp;
using ServiceDefaults.Data;

namespace SenderService.Outbox;

internal static class OutboxExtensions
{
    /// <summary>Registers the sender's database, the outbox in it and the relay that empties it.</summary>
    public static void AddOutbox(this WebApplicationBuilder builder, string databaseName)
    {
        builder.AddDatabase<SenderDbContext>(databaseName);
        builder.Services.ConfigureDbContext<SenderDbContext>((services, options) =>
            options.AddInterceptors(services.GetRequiredService<WakeRelayAfterCommit>()));

        builder.Services.AddOptions<OutboxOptions>()
            .BindConfiguration(OutboxOptions.SectionName)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton(_ => new OutboxDatabase(
            builder.Configuration.GetConnectionString(databaseName)!,
            builder.Configuration["OTEL_SERVICE_NAME"] ?? Environment.MachineName));
        builder.Services.AddSingleton<OutboxMetrics>();
        builder.Services.AddScoped<OutboxWriter>();

        // From a commit to the relay, here or in another instance.
        builder.Services.AddSingleton<OutboxSignal>();
        builder.Services.AddSingleton<WakeRelayAfterCommit>();
        builder.Services.AddSingleton<OutboxAnnouncer>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OutboxAnnouncer>());
        builder.Services.AddHostedService<OutboxListener>();

        builder.Services.AddHostedService<OutboxRelay>();
        builder.Services.AddHostedService<OutboxBacklogMonitor>();
        builder.AddRetention<SenderDbContext>(
            new BoundedDelete("outbox_messages", "sent_at", OutboxSql.IsSent), $"{OutboxOptions.SectionName}:Retention", TimeSpan.FromHours(24));
    }
}

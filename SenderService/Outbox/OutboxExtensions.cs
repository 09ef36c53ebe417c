using SenderService.Data;
using ServiceDefaults.Data;

namespace SenderService.Outbox;

internal static class OutboxExtensions
{
    /// <summary>Registers the sender's database, the outbox in it and the relay that empties it.</summary>
    public static void AddOutbox(this WebApplicationBuilder builder, string databaseName)
    {
        var signal = new OutboxSignal();
        builder.AddDatabase<SenderDbContext>(databaseName, new WakeRelayAfterCommit(signal));

        builder.Services.AddOptions<OutboxOptions>()
            .BindConfiguration(OutboxOptions.SectionName)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton(_ => new OutboxDatabase(builder.Configuration.GetConnectionString(databaseName)!));
        builder.Services.AddSingleton(signal);
        builder.Services.AddSingleton<OutboxMetrics>();
        builder.Services.AddSingleton<OutboxDispatcher>();
        builder.Services.AddScoped<OutboxWriter>();
        builder.Services.AddHostedService<OutboxRelay>();
        builder.Services.AddHostedService<OutboxBacklogMonitor>();
    }
}

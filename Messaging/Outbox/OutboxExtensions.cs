using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Messaging.Outbox;

public static class OutboxExtensions
{
    /// <summary>Name of the source of the spans and of the meter.</summary>
    public const string TelemetryName = "Messaging.Outbox";

    /// <summary>
    /// Registers the transactional outbox in the database of <typeparamref name="TContext"/>, and the relay that publishes it. The model
    /// needs <see cref="OutboxModel.ApplyOutbox"/>, and the service needs <c>AddDatabase</c> and <c>AddAmqpConnection</c>. A service has
    /// one outbox.
    /// </summary>
    public static WebApplicationBuilder AddOutbox<TContext>(this WebApplicationBuilder builder)
        where TContext : DbContext
    {
        builder.AddSettings<OutboxOptions>(OutboxOptions.SectionName)
            .PostConfigure(options => options.Source ??= $"/{builder.Environment.ApplicationName}");
        builder.Services.ConfigureOpenTelemetryTracerProvider((_, tracing) => tracing.AddSource(TelemetryName));
        builder.Services.ConfigureOpenTelemetryMeterProvider((_, metrics) => metrics.AddMeter(TelemetryName));

        // Writing
        builder.Services.AddScoped(services => new OutboxContext(services.GetRequiredService<TContext>()));
        builder.Services.AddScoped(services =>
            new OutboxWriter(services.GetRequiredService<OutboxContext>(), services.GetRequiredService<TimeProvider>()));

        // From the commit to the relay, in this instance or in another one
        builder.Services.AddSingleton<OutboxSignal>();
        builder.Services.AddSingleton<WakeRelayAfterCommit>();
        builder.Services.ConfigureDbContext<TContext>((services, options) =>
            options.AddInterceptors(services.GetRequiredService<WakeRelayAfterCommit>()));
        builder.Services.AddSingleton<OutboxNotifier>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OutboxNotifier>());

        // From the relay to the broker
        builder.Services.AddSingleton(CreateDatabase<TContext>);
        builder.Services.AddSingleton(CreateLogDatabase<TContext>);
        builder.Services.AddSingleton<LogSetUp>();
        builder.Services.AddSingleton<RelayMetrics>();
        builder.Services.AddSingleton<OutboxRelay>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OutboxRelay>());
        builder.AddProgressCheck<OutboxRelay>("relay");

        // Operating
        builder.Services.AddSingleton<OutboxBacklogMonitor>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OutboxBacklogMonitor>());
        builder.Services.AddHealthChecks().Add(new(
            "partitions", services => services.GetRequiredService<OutboxBacklogMonitor>(), HealthStatus.Degraded, tags: null));

        // A value that is no kind of relay fails later, with the other settings that cannot be used.
        var relay = builder.Configuration.GetSection(OutboxOptions.SectionName)[nameof(OutboxOptions.Relay)];
        if (Enum.TryParse<OutboxRelayKind>(relay, ignoreCase: true, out var kind) && kind == OutboxRelayKind.Wal)
        {
            builder.Services.AddSingleton<LogLagMonitor>();
            builder.Services.AddHostedService(services => services.GetRequiredService<LogLagMonitor>());
            builder.Services.AddHealthChecks().Add(new(
                "log", services => services.GetRequiredService<LogLagMonitor>(), HealthStatus.Degraded, tags: null));
        }

        const string Retention = $"{OutboxOptions.SectionName}:Retention";
        builder.AddRetention<TContext>(new("outbox_messages", "sent_at", OutboxSql.IsSent, Retention, DefaultPeriod: TimeSpan.FromDays(1)));
        return builder;
    }

    private static OutboxDatabase CreateDatabase<TContext>(IServiceProvider services)
        where TContext : DbContext
    {
        var source = services.GetRequiredService<DatabaseSource<TContext>>();
        return new(
            source.Create(settings => OutboxDatabase.Configure(settings, InstanceOf(services))),
            services.GetRequiredService<DatabaseMigration<TContext>>().Completed);
    }

    private static LogDatabase CreateLogDatabase<TContext>(IServiceProvider services)
        where TContext : DbContext =>
        new(services.GetRequiredService<DatabaseSource<TContext>>().DirectConnectionString(
            settings => LogDatabase.Configure(settings, InstanceOf(services))));

    private static string InstanceOf(IServiceProvider services) =>
        services.GetRequiredService<IConfiguration>()["OTEL_SERVICE_NAME"] ?? Environment.MachineName;
}

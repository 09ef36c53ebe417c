using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Messaging.Inbox;

public static class InboxExtensions
{
    /// <summary>Name of the source of the spans and of the meter.</summary>
    public const string TelemetryName = "Messaging.Inbox";

    /// <summary>
    /// Registers the inbox in the database of <typeparamref name="TContext"/>, and the consumer that passes messages to a handler. The
    /// model needs <see cref="InboxModel.ApplyInbox"/>, and the service needs <c>AddDatabase</c> and <c>AddAmqpConnection</c>. A service
    /// has one inbox.
    /// </summary>
    public static WebApplicationBuilder AddInbox<TContext, THandler>(this WebApplicationBuilder builder)
        where TContext : DbContext
        where THandler : class, IInboxHandler
    {
        builder.AddSettings<InboxOptions>(InboxOptions.SectionName)
            .PostConfigure(options => options.Consumer ??= options.Queue);
        builder.Services.ConfigureOpenTelemetryTracerProvider((_, tracing) => tracing.AddSource(TelemetryName));
        builder.Services.ConfigureOpenTelemetryMeterProvider((_, metrics) => metrics.AddMeter(TelemetryName));

        builder.Services.AddScoped<IInboxHandler, THandler>();
        builder.Services.AddScoped(services => new InboxContext(
            services.GetRequiredService<TContext>(), services.GetRequiredService<DatabaseSource<TContext>>().ConnectDirectly));
        builder.Services.AddScoped<InboxTransaction>();
        builder.Services.AddSingleton(services => new InboxReady(services.GetRequiredService<DatabaseMigration<TContext>>().Completed));
        builder.Services.AddSingleton<InboxMetrics>();
        builder.Services.AddSingleton<InboxProcessor>();
        builder.Services.AddSingleton<UnreadableMessages>();
        builder.Services.AddSingleton<InboxConsumer>();
        builder.Services.AddHostedService(services => services.GetRequiredService<InboxConsumer>());
        builder.AddProgressCheck<InboxConsumer>("consumer");
        builder.Services.AddScoped<DeadLetterReplay>();

        // Longer than any broker keeps a message that it could deliver again.
        builder.AddRetention<TContext>(new(
            "inbox_messages", "processed_at", "true", $"{InboxOptions.SectionName}:Retention", DefaultPeriod: TimeSpan.FromDays(7)));
        return builder;
    }
}

using ReceiverService.Data;
using ReceiverService.DeadLetters;
using ServiceDefaults.Data;

namespace ReceiverService.Inbox;

internal static class InboxExtensions
{
    /// <summary>Registers the receiver's database, the inbox in it and the consumer that fills it.</summary>
    public static void AddInbox(this WebApplicationBuilder builder, string databaseName)
    {
        builder.AddDatabase<ReceiverDbContext>(databaseName);

        builder.Services.AddOptions<InboxOptions>()
            .BindConfiguration(InboxOptions.SectionName)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<InboxMetrics>();
        builder.Services.AddSingleton<InboxProcessor>();
        builder.Services.AddHostedService<InboxConsumer>();
        builder.Services.AddScoped<DeadLetterReplay>();

        // Longer than any broker keeps a message that it could deliver again.
        builder.AddRetention<ReceiverDbContext>(
            new BoundedDelete("inbox_messages", "processed_at"), $"{InboxOptions.SectionName}:Retention", TimeSpan.FromDays(7));
    }
}

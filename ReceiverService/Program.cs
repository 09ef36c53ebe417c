using Messaging.Amqp;
using Messaging.Inbox;
using ReceiverService.Data;
using ReceiverService.EntityItems;
using ServiceDefaults;
using ServiceDefaults.Data;
using ServiceDefaults.Startup;

try
{
    var builder = WebApplication.CreateBuilder(args);

    builder.AddServiceDefaults();
    builder.AddDatabase<ReceiverDbContext>("receiverdb");
    builder.AddAmqpConnection("artemis");
    builder.AddInbox<ReceiverDbContext, EntityItemProjection>();

    // Not in ServiceDefaults: a source generator looks for the types to validate in the project with this line.
    builder.Services.AddValidation();

    var app = builder.Build();

    app.MapServiceDefaults();
    app.MapEntityItems();
    app.MapInbox();

    await app.RunServiceAsync();
    return 0;
}
catch (Exception exception) when (StartupFailure.SentenceFor(exception) is { } sentence)
{
    await Console.Error.WriteLineAsync(sentence);
    return 1;
}

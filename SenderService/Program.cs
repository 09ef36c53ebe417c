using Messaging.Amqp;
using Messaging.Outbox;
using SenderService.Data;
using SenderService.EntityItems;
using SenderService.Idempotency;
using ServiceDefaults;
using ServiceDefaults.Data;
using ServiceDefaults.Startup;

try
{
    var builder = WebApplication.CreateBuilder(args);

    builder.AddServiceDefaults();
    builder.AddDatabase<SenderDbContext>("senderdb");
    builder.AddAmqpConnection("artemis");
    builder.AddOutbox<SenderDbContext>();
    builder.AddIdempotency();

    // Not in ServiceDefaults: a source generator looks for the types to validate in the project with this line.
    builder.Services.AddValidation();

    var app = builder.Build();

    app.MapServiceDefaults();
    app.MapEntityItems();
    app.MapOutbox();

    await app.RunServiceAsync();
    return 0;
}
catch (Exception exception) when (StartupFailure.SentenceFor(exception) is { } sentence)
{
    await Console.Error.WriteLineAsync(sentence);
    return 1;
}

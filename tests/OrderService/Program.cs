using Messaging.Amqp;
using Messaging.Inbox;
using Messaging.Outbox;
using OrderService.Data;
using OrderService.Orders;
using ServiceDefaults;
using ServiceDefaults.Data;
using ServiceDefaults.Startup;

try
{
    var builder = WebApplication.CreateBuilder(args);

    builder.AddServiceDefaults();
    builder.AddDatabase<OrderDbContext>("orderdb");
    builder.AddAmqpConnection("artemis");
    builder.AddInbox<OrderDbContext, OrderHandler>();
    builder.AddOutbox<OrderDbContext>();

    var app = builder.Build();

    app.MapServiceDefaults();
    app.MapInbox();
    app.MapOutbox();

    await app.RunServiceAsync();
    return 0;
}
catch (Exception exception) when (StartupFailure.SentenceFor(exception) is { } sentence)
{
    await Console.Error.WriteLineAsync(sentence);
    return 1;
}

using ReceiverService.EntityItems;
using ReceiverService.Inbox;
using ServiceDefaults;
using ServiceDefaults.Amqp;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddAmqpConnection("artemis");
builder.AddInbox("receiverdb");

var app = builder.Build();

app.MapServiceDefaults();
app.MapEntityItems();

await app.RunAsync();

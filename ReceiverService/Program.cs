using ReceiverService.DeadLetters;
using ReceiverService.EntityItems;
using ReceiverService.Inbox;
using ServiceDefaults;
using ServiceDefaults.Amqp;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddAmqpConnection("artemis");
builder.AddInbox("receiverdb");

// Not in ServiceDefaults: a source generator looks for what is to be validated in the project that has this line.
builder.Services.AddValidation();

var app = builder.Build();

app.MapServiceDefaults();
app.MapEntityItems();
app.MapInbox();
app.MapDeadLetters();

await app.RunAsync();

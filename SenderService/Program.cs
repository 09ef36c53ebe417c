using SenderService.EntityItems;
using SenderService.Idempotency;
using SenderService.Outbox;
using SenderService.Outbox.Operations;
using ServiceDefaults;
using ServiceDefaults.Amqp;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddAmqpConnection("artemis");
builder.AddOutbox("senderdb");
builder.AddIdempotency();

// Not in ServiceDefaults: a source generator looks for what is to be validated in the project that has this line.
builder.Services.AddValidation();

var app = builder.Build();

app.MapServiceDefaults();
app.MapEntityItems();
app.MapOutbox();

await app.RunAsync();

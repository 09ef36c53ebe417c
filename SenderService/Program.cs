using SenderService.EntityItems;
using SenderService.Idempotency;
using SenderService.Outbox;
using ServiceDefaults;
using ServiceDefaults.Amqp;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddAmqpConnection("artemis");
builder.AddOutbox("senderdb");
builder.Services.AddScoped<IdempotencyStore>();

var app = builder.Build();

app.MapServiceDefaults();
app.MapEntityItems();

await app.RunAsync();

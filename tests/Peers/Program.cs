using Peers;
using Peers.Classic;
using Peers.Wolverine;

var builder = WebApplication.CreateBuilder(args);
var name = builder.Configuration["Peer"];
var app = name switch
{
    "floor" => Floor.Build(builder),
    "classic-sender" => ClassicSender.Build(builder),
    "classic-receiver" => ClassicReceiver.Build(builder),
    "wolverine-sender" => WolverineSender.Build(builder),
    "wolverine-receiver" => WolverineReceiver.Build(builder),
    _ => throw new ArgumentException($"There is no peer '{name}'."),
};

// The benchmarks wait for this text. Before it answers, all parts of the application have started.
app.MapGet("/health", () => Results.Text("""{"status":"Healthy","checks":[]}"""));
await app.RunAsync();

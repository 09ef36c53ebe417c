using System.Runtime.InteropServices;
using System.Text.Json;
using Faults;
using Faults.Running;

RunSettings settings;
try
{
    settings = RunSettings.Parse(args);
}
catch (FormatException exception)
{
    Console.Error.WriteLine($"{exception.Message} Use --minutes, --seed, --senders, --receivers, --clients, each with a number.");
    return 2;
}

using var interrupt = new CancellationTokenSource();
using var ctrlC = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);

var folder = Directory.CreateDirectory(Solution.PathOf($"artifacts/faults/{Environment.ProcessId}")).FullName;
Console.WriteLine($"Repeat with   dotnet run demo.cs faults {settings}");
IReadOnlyList<string> broken;
await using (var system = await DemoSystem.StartAsync(folder, settings))
{
    Console.WriteLine($"Broker        {system.BrokerName}");
    var run = new FaultRun(system, settings, interrupt.Token);
    try
    {
        broken = await run.RunAsync();
    }
    catch (Exception exception)
    {
        broken = [$"The run itself failed: {exception}"];
    }

    if (broken.Count > 0)
    {
        await system.KeepLogsAsync();
        await File.WriteAllLinesAsync(Path.Combine(folder, "broken.txt"), broken, CancellationToken.None);
        var ledger = run.Ledger.Attempts.Select(attempt => JsonSerializer.Serialize(attempt));
        await File.WriteAllLinesAsync(Path.Combine(folder, "ledger.jsonl"), ledger, CancellationToken.None);
    }
}

if (broken.Count == 0)
{
    Directory.Delete(folder, recursive: true);
    Console.WriteLine("Verdict       every promise was kept");
    return 0;
}

foreach (var promise in broken.Take(20))
{
    Console.WriteLine($"BROKEN        {promise}");
}

Console.WriteLine($"Verdict       {broken.Count} broken promises. Logs, databases and the ledger are in {folder}.");
return 1;

void End(PosixSignalContext context)
{
    context.Cancel = true;
    interrupt.Cancel();
}

using System.Text.Json;
using Faults.Running;

namespace Faults;

/// <summary>Starts everything for one run, and ends everything after it.</summary>
internal static class Suite
{
    private const int Shown = 20;

    /// <returns>The broken promises. Empty if none was found.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(RunSettings settings, CancellationToken interrupted)
    {
        var folder = Directory.CreateDirectory(Solution.PathOf($"artifacts/faults/{Guid.NewGuid():N}")).FullName;
        var isMutant = settings.Services is not null;
        Console.WriteLine($"{(isMutant ? "Mutant        " : "Repeat with   dotnet run demo.cs faults ")}{settings}");
        Console.WriteLine($"Broker        {(Servers.BrokerIsArtemis ? "Artemis" : "RabbitMQ")}");
        IReadOnlyList<string> broken;
        using (new Guard(folder))
        {
            broken = await RunInAsync(folder, settings, interrupted);
        }

        foreach (var promise in broken.Take(Shown))
        {
            Console.WriteLine($"BROKEN        {promise}");
        }

        if (broken.Count == 0 || isMutant)
        {
            Directory.Delete(folder, recursive: true);
        }

        Console.WriteLine(broken.Count == 0
            ? "Verdict       every promise was kept"
            : $"Verdict       {broken.Count} broken promises{(isMutant ? "" : $". Logs, databases and the ledger are in {folder}")}");
        return broken;
    }

    private static async Task<IReadOnlyList<string>> RunInAsync(string folder, RunSettings settings, CancellationToken interrupted)
    {
        DemoSystem? system = null;
        FaultRun? run = null;
        IReadOnlyList<string> broken;
        try
        {
            system = await DemoSystem.StartAsync(folder, settings);
            run = new FaultRun(system, settings, interrupted);
            broken = await run.RunAsync();
        }
        catch (Exception exception)
        {
            broken = [$"The run itself failed: {exception}"];
        }

        await using (system)
        {
            if (broken.Count > 0)
            {
                await (system?.KeepAsync() ?? Task.CompletedTask);
                await File.WriteAllLinesAsync(Path.Combine(folder, "broken.txt"), broken, CancellationToken.None);
                var ledger = run?.Ledger.Attempts.Select(attempt => JsonSerializer.Serialize(attempt)) ?? [];
                await File.WriteAllLinesAsync(Path.Combine(folder, "ledger.jsonl"), ledger, CancellationToken.None);
            }
        }

        return broken;
    }
}

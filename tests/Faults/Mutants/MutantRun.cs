using System.Diagnostics;
using System.Globalization;

namespace Faults.Mutants;

/// <summary>Breaks the product on purpose, and sees what finds it. A mutant that nothing finds is a hole in the tests.</summary>
internal static class MutantRun
{
    private const int Seeds = 3;

    /// <summary>A slow machine is enough to break these promises. So they prove nothing about a mutant.</summary>
    private static readonly string[] OfASlowMachine =
        ["The run itself failed", "There was no recovery", "Clients made no progress", "An answer took"];


    /// <returns>True if each mutant was caught.</returns>
    public static async Task<bool> RunAsync(string[] names, CancellationToken interrupted)
    {
        var rows = new List<(Mutant Mutant, string? CaughtBy, TimeSpan After)>();
        foreach (var mutant in Mutant.All.Where(mutant => names.Length == 0 || names.Contains(mutant.Name)))
        {
            Console.WriteLine($"{mutant.Name}: {mutant.Does}");
            using var copy = await MutantCopy.CreateAsync(mutant);
            var isForSuite = mutant.Catcher == Mutant.Suite;
            await copy.BuildAsync(isForSuite ? ["SenderService", "ReceiverService"] : [mutant.Catcher]);
            var started = Stopwatch.GetTimestamp();
            var caughtBy = await (isForSuite ? RunSuiteAsync(copy, mutant, interrupted) : RunTestsAsync(copy, mutant));
            rows.Add((mutant, caughtBy, Stopwatch.GetElapsedTime(started)));
            if (interrupted.IsCancellationRequested)
            {
                break;
            }
        }

        Console.WriteLine("| mutant | caught by | after |\n|---|---|---|");
        foreach (var (mutant, caughtBy, after) in rows)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {mutant.Name}: {mutant.Does} | {caughtBy ?? "nothing"} | {after.TotalSeconds:0} s |"));
        }

        return rows.Count > 0 && rows.TrueForAll(row => row.CaughtBy is not null);
    }

    private static async Task<string?> RunSuiteAsync(MutantCopy copy, Mutant mutant, CancellationToken interrupted)
    {
        string[] options = mutant.Arguments.Length > 0 ? mutant.Arguments.Split(' ', 2) : [];
        for (var seed = 1; seed <= Seeds && !interrupted.IsCancellationRequested; seed++)
        {
            var settings = RunSettings.Parse(["--minutes", "0.5", .. options]) with { Seed = seed, Services = copy.Builds };
            var broken = await Suite.RunAsync(settings, interrupted);
            var proof = broken.FirstOrDefault(promise => !Array.Exists(OfASlowMachine, promise.Contains));
            if (proof is not null)
            {
                return $"the suite, seed {seed}: {proof}";
            }
        }

        return null;
    }

    private static async Task<string?> RunTestsAsync(MutantCopy copy, Mutant mutant)
    {
        const string Failed = "  Failed ";
        var (exitCode, output) = await copy.TestAsync(mutant.Catcher, mutant.Arguments);
        if (exitCode == 0)
        {
            return null;
        }

        // "  Failed Namespace.Class.Test [1 s]"
        var failed = Array.Find(output.Split('\n'), line => line.StartsWith(Failed, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"The tests could not run: {output}");
        return string.Join('.', failed[Failed.Length..].Split(' ', '(')[0].Split('.').TakeLast(2));
    }
}

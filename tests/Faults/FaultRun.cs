using System.Diagnostics;
using System.Globalization;
using Faults.Load;
using Faults.Running;
using Faults.Strikes;
using Faults.Verdict;

namespace Faults;

/// <summary>A run: load and faults for a while, then everything heals, then the ledgers are compared.</summary>
internal sealed class FaultRun(DemoSystem system, RunSettings settings, CancellationToken interrupted)
{
    private const int ProgressBetweenStrikes = 30;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly List<Strike> _strikes = [];
    private readonly List<string> _broken = [];

    public Ledger Ledger { get; } = new();

    /// <returns>The broken promises. Empty if none was found.</returns>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        await Audit.InstallAsync(system.ReceiverDatabase);
        using var end = new CancellationTokenSource();
        var clients = Enumerable.Range(0, settings.Clients).Select(i => NewClient(settings.Seed + i + 1)).ToArray();
        var load = clients.Select(client => client.RunAsync(end.Token)).ToArray();
        await StrikeAsync();
        await end.CancelAsync();
        await Task.WhenAll(load);

        var arrival = new Arrival(system);
        _broken.AddRange(await arrival.WaitAsync("everything arrives within 30 s after the last fault", Recovery.Longest, copies: 1));
        var duplicates = await Duplicates.ByCauseAsync(system.ReceiverDatabase, _strikes);

        // Judged before the resend, which would bring back what was lost, and after it.
        await CompareAsync();
        _broken.AddRange(await arrival.ResendEverythingAsync());
        var evidence = await CompareAsync();
        _broken.AddRange(await DeadLetterQueue.ProblemsAsync(system));

        new Report(Ledger, _strikes, evidence, duplicates, system).Print();
        Array.ForEach(clients, client => client.Dispose());
        return [.. _broken.Concat(Ledger.Complaints).Distinct()];
    }

    private Client NewClient(int seed) => new(system, Ledger, new Random(seed));

    private async Task<Evidence> CompareAsync()
    {
        var evidence = await Evidence.CollectAsync(system.SenderDatabase, system.ReceiverDatabase);
        _broken.AddRange(Judge.Compare(Ledger.Attempts, evidence));
        return evidence;
    }

    private async Task StrikeAsync()
    {
        using var client = NewClient(settings.Seed);
        var plan = new FaultPlan(system, new Dice(settings.Seed), settings.Only);
        var recovery = new Recovery(system, client);
        var length = TimeSpan.FromMinutes(settings.Minutes);
        var run = Stopwatch.StartNew();
        while (run.Elapsed < length && _broken.Count == 0 && !interrupted.IsCancellationRequested)
        {
            await ProgressAsync();
            var faults = plan.Next();
            var strike = new Strike(faults, TimeProvider.System.GetUtcNow());
            Ledger.CurrentFault = strike.Kind;
            Say(run, $"{strike}");
            await Task.WhenAll(faults.Select(fault => fault.RunAsync()));
            var recovered = await recovery.MeasureAsync();
            _strikes.Add(strike with { Recovery = recovered?.Took, Ended = TimeProvider.System.GetUtcNow() });
            if (recovered is not var (took, last))
            {
                _broken.Add($"There was no recovery within {Recovery.Longest.TotalSeconds:0} s after {strike}.");
                return;
            }

            Say(run, $"    recovered after {took.TotalSeconds:0.0} s, {last} was the last; {Ledger.Done} done");
            Ledger.CurrentFault = Ledger.NoFault;
        }
    }

    /// <summary>A fault that hits nothing in motion proves nothing.</summary>
    private async Task ProgressAsync()
    {
        var before = Ledger.Done;
        var waited = Stopwatch.StartNew();
        while (Ledger.Done < before + ProgressBetweenStrikes)
        {
            if (waited.Elapsed > Recovery.Longest)
            {
                _broken.Add($"Clients made no progress within {Recovery.Longest.TotalSeconds:0} s, although nothing was broken.");
                return;
            }

            await Task.Delay(Interval, CancellationToken.None);
        }
    }

    private static void Say(Stopwatch run, FormattableString text) =>
        Console.WriteLine($"{run.Elapsed:hh\\:mm\\:ss} {text.ToString(CultureInfo.InvariantCulture)}");
}

using System.Globalization;
using Faults.Load;
using Faults.Running;
using Faults.Strikes;
using Faults.Verdict;

namespace Faults;

/// <summary>What a run did and found.</summary>
/// <param name="ledger">What the clients asked for and got.</param>
/// <param name="strikes">The strikes.</param>
/// <param name="evidence">Both databases at the end.</param>
/// <param name="duplicates">Number of duplicates before the resend, by the kind of the strike.</param>
/// <param name="system">The processes.</param>
internal sealed class Report(
    Ledger ledger, IReadOnlyList<Strike> strikes, Evidence evidence, IReadOnlyDictionary<string, int> duplicates, DemoSystem system)
{
    public void Print()
    {
        var outcomes = ledger.Attempts.CountBy(attempt => attempt.Outcome).ToDictionary();
        Line($"Requests      {ledger.Attempts.Count}: {outcomes.GetValueOrDefault(Outcome.Done)} done,"
            + $" {outcomes.GetValueOrDefault(Outcome.Refused)} refused, {outcomes.GetValueOrDefault(Outcome.Unknown)} unknown");
        Line($"Changes       {evidence.Outbox.Count} of {evidence.Outbox.DistinctBy(change => change.Entity).Count()} entities");
        var byFaults = duplicates.Values.Sum();
        Line($"Deliveries    {evidence.Deliveries}, {byFaults} of them duplicates that came by themselves,"
            + $" and {evidence.Deliveries - evidence.Inbox.Count - byFaults} that the resend at the end made");
        Line($"Faults        {strikes.Sum(strike => strike.Faults.Count)} in {strikes.Count} strikes,"
            + $" {strikes.Count(strike => strike.Faults.Count > 1)} of them with two at once");
        Line($"Kills gated   on a commit {Gates(replica => replica.Database)}, on a publish {Gates(replica => replica.Broker)}");
        var ahead = system.AllReplicas.Where(replica => replica.Ahead > 0).Select(replica => $"{replica} by {replica.Ahead} hours");
        Line($"Clocks ahead  {string.Join(", ", ahead.DefaultIfEmpty("none"))}");
        Line($"Recovery      {RecoveryOf(strikes)}");
        PrintKinds();
    }

    private void PrintKinds()
    {
        Line("By kind       strikes; recovery; duplicates; what clients got meanwhile");
        var answers = ledger.Answers.ToLookup(answer => answer.Key.Fault);
        foreach (var kind in strikes.GroupBy(strike => strike.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal))
        {
            Line($"  {kind.Key}: {kind.Count()}; {RecoveryOf([.. kind])}; {duplicates.GetValueOrDefault(kind.Key)}; {Got(kind.Key)}");
        }

        Line($"  {Ledger.NoFault}: {duplicates.GetValueOrDefault(Ledger.NoFault)} duplicates; {Got(Ledger.NoFault)}");

        string Got(string fault) => string.Join(
            ", ", answers[fault].OrderByDescending(answer => answer.Value).Select(answer => $"{answer.Value} × {answer.Key.Answer}"));
    }

    private string Gates(Func<Replica, GatedWire> wire)
    {
        var counts = system.AllReplicas.Select(replica => wire(replica).Count).ToArray();
        return $"{counts.Sum(count => count.Hits)} of {counts.Sum(count => count.Tries)}";
    }

    private static string RecoveryOf(IReadOnlyList<Strike> strikes)
    {
        var recovered = strikes.Where(strike => strike.Recovery is not null).OrderBy(strike => strike.Recovery).ToArray();
        return recovered.Length == 0 ? "none" : string.Create(
            CultureInfo.InvariantCulture,
            $"median {recovered[recovered.Length / 2].Recovery!.Value.TotalSeconds:0.0} s,"
            + $" longest {recovered[^1].Recovery!.Value.TotalSeconds:0.0} s after {recovered[^1]}");
    }

    private static void Line(string text) => Console.WriteLine(text);
}

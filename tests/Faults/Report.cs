using System.Globalization;
using Faults.Load;
using Faults.Strikes;
using Faults.Verdict;

namespace Faults;

/// <summary>A strike, and how long everything took to recover from it. Null: it did not.</summary>
internal sealed record Strike(IReadOnlyList<Fault> Faults, TimeSpan? Recovery)
{
    public string Kind => string.Join(" + ", Faults.Select(fault => fault.Kind));

    public override string ToString() => string.Join(" + ", Faults);
}

/// <summary>Prints what a run did and found.</summary>
internal static class Report
{
    public static void Print(Ledger ledger, IReadOnlyList<Strike> strikes, Evidence evidence, long duplicatesByFaults)
    {
        var outcomes = ledger.Attempts.CountBy(attempt => attempt.Outcome).ToDictionary();
        Line($"Requests      {ledger.Attempts.Count}: {outcomes.GetValueOrDefault(Outcome.Done)} done,"
            + $" {outcomes.GetValueOrDefault(Outcome.Refused)} refused, {outcomes.GetValueOrDefault(Outcome.Unknown)} unknown");
        Line($"Changes       {evidence.Outbox.Count} of {evidence.Outbox.DistinctBy(change => change.Entity).Count()} entities");
        Line($"Deliveries    {evidence.Deliveries}, {duplicatesByFaults} of them duplicates that faults made,"
            + $" and {evidence.Deliveries - evidence.Inbox.Count - duplicatesByFaults} that the resend at the end made");
        var kinds = strikes.SelectMany(strike => strike.Faults).CountBy(fault => fault.Kind).OrderBy(kind => kind.Key);
        Line($"Faults        {string.Join(", ", kinds.Select(kind => $"{kind.Value} {kind.Key}"))}");
        if (strikes.Where(strike => strike.Recovery is not null).OrderBy(strike => strike.Recovery).ToArray() is { Length: > 0 } recovered)
        {
            var (median, longest) = (recovered[recovered.Length / 2], recovered[^1]);
            Line($"Recovery      median {median.Recovery!.Value.TotalSeconds:0.0} s,"
                + $" longest {longest.Recovery!.Value.TotalSeconds:0.0} s after {longest}");
        }

        Line($"What clients got, while this was broken:");
        foreach (var fault in ledger.Answers.GroupBy(answer => answer.Key.Fault).OrderBy(fault => fault.Key))
        {
            var answers = fault.OrderByDescending(answer => answer.Value).Select(answer => $"{answer.Value} × {answer.Key.Answer}");
            Line($"  {fault.Key}: {string.Join(", ", answers)}");
        }
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static void Line(string text) => Console.WriteLine(text);
}

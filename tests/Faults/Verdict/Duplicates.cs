using Faults.Strikes;

namespace Faults.Verdict;

/// <summary>Messages that were delivered again, and during which strike.</summary>
internal static class Duplicates
{
    private const string Times = """
        SELECT at FROM (SELECT at, row_number() OVER (PARTITION BY message_id ORDER BY at) AS nth FROM audit_deliveries) AS delivery
        WHERE nth > 1
        """;

    /// <summary>Number of duplicates by the kind of the strike during which they came. A strike lasts until the recovery.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> ByCauseAsync(string receiverDatabase, IReadOnlyList<Strike> strikes) =>
        (await Rows.ReadAsync(receiverDatabase, Times, row => row.GetFieldValue<DateTimeOffset>(0)))
            .CountBy(at => strikes.FirstOrDefault(strike => strike.Began <= at && at <= strike.Ended)?.Kind ?? Load.Ledger.NoFault)
            .ToDictionary();
}

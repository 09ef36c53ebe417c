using Faults.Running;

namespace Faults.Strikes;

/// <summary>The faults of a run, in an order that only the seed decides. Every kind comes once before one comes again.</summary>
internal sealed class FaultPlan(DemoSystem system, Random random)
{
    private readonly FaultKinds _kinds = new(system, random);
    private readonly Queue<Func<Fault>> _deck = new();

    /// <summary>The next strike: one fault, or at times two at once.</summary>
    public IReadOnlyList<Fault> Next()
    {
        var first = Draw();
        if (IsAlone(first) || random.Next(4) > 0)
        {
            return [first];
        }

        // Two faults of one process would hinder each other: nobody can stop what is killed.
        var second = Draw();
        return IsAlone(second) || ProcessOf(first) == ProcessOf(second) ? [first] : [first, second];
    }

    private Fault Draw()
    {
        if (_deck.Count == 0)
        {
            var kinds = _kinds.All.ToArray();
            random.Shuffle(kinds);
            Array.ForEach(kinds, _deck.Enqueue);
        }

        return _deck.Dequeue()();
    }

    private static bool IsAlone(Fault fault) => fault.Kind is "blackout" or "read-only" or "pg_terminate_backend";

    private static string ProcessOf(Fault fault) => fault.Target;
}

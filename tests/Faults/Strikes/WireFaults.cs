using Faults.Running;

namespace Faults.Strikes;

/// <summary>Faults of the network between one replica and its database or the broker.</summary>
internal static class WireFaults
{
    /// <summary>Connections end, and new ones are refused.</summary>
    public static Fault Cut(DemoSystem system, Dice dice) => On(system, dice, wire => wire.Cut());

    /// <summary>What the service sends is lost. Then the connections end.</summary>
    public static Fault Stall(DemoSystem system, Dice dice) => On(system, dice, wire => wire.SwallowRequests());

    /// <summary>What the service sends arrives, and it gets no answer. Then the connections end.</summary>
    public static Fault Hold(DemoSystem system, Dice dice) => On(system, dice, wire => wire.HoldAnswers());

    /// <summary>The connections are forgotten, and new ones work.</summary>
    public static Fault Forget(DemoSystem system, Dice dice) => On(system, dice, wire => wire.Forget());

    private static Fault On(DemoSystem system, Dice dice, Action<GatedWire> disturb)
    {
        var replica = dice.Any<Replica>([.. system.AllReplicas]);
        var (end, wire) = dice.Any([("database", replica.Database), ("broker", replica.Broker)]);
        return new($"{replica}-{end}", dice.Between(1, 12), () => Done(() => disturb(wire)), () => Done(Repair));

        void Repair()
        {
            wire.Restore();
            wire.Open();
        }

        static Task Done(Action action)
        {
            action();
            return Task.CompletedTask;
        }
    }
}

using Faults.Running;

namespace Faults.Strikes;

/// <summary>
/// Kills that wait for a moment at which something is in flight. Either the service dies after its request was answered and before it
/// reads the answer, or the server dies while it has the request.
/// </summary>
internal static class GatedKills
{
    /// <summary>Under load the moment comes at once, unless the replica has nothing to do.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A COMMIT as a simple query of PostgreSQL's protocol.</summary>
    private static readonly byte[] Commit = [.. "Q\0\0\0\u000bCOMMIT\0"u8];

    /// <summary>The descriptor of a transfer (AMQP 1.0, 2.7.5).</summary>
    private static readonly byte[] Transfer = [0x00, 0x53, 0x14];

    public static Fault AtCommit(DemoSystem system, Dice dice)
    {
        var replica = dice.Any<Replica>([.. system.AllReplicas]);
        return KillOneOf(replica, system.ServerOf(replica), replica.Database, Commit, dice);
    }

    public static Fault AtPublish(DemoSystem system, Dice dice)
    {
        var sender = dice.Any(system.Senders);
        return KillOneOf(sender, system.Broker, sender.Broker, Transfer, dice);
    }

    private static Fault KillOneOf(Replica replica, Server server, GatedWire wire, byte[] request, Dice dice)
    {
        var victim = dice.Any<Target>([replica, server]);
        return new(
            victim.Name,
            dice.Between(0, 5),
            async () =>
            {
                await wire.CloseAtAsync(request, waitForAnswer: victim == replica, Patience);
                await victim.KillAsync();
                wire.Open();
            },
            victim.StartAsync);
    }
}

using Faults.Running;

namespace Faults.Strikes;

/// <summary>Faults of whole processes.</summary>
internal static class ProcessFaults
{
    public static Fault Kill(DemoSystem system, Dice dice)
    {
        var target = dice.Any<Target>([.. system.All]);
        return new(target.Name, dice.Between(0, 5), target.KillAsync, target.StartAsync);
    }

    public static Fault Terminate(DemoSystem system, Dice dice)
    {
        var target = dice.Any<Target>([.. system.All]);
        return new(target.Name, dice.Between(0, 5), target.StopAsync, target.StartAsync);
    }

    public static Fault Pause(DemoSystem system, Dice dice)
    {
        var target = dice.Any<Target>([.. system.All]);
        return new(target.Name, dice.Between(1, 12), target.PauseAsync, target.ResumeAsync);
    }

    public static Fault CrashLoop(DemoSystem system, Dice dice)
    {
        var target = dice.Any<Replica>([.. system.AllReplicas]);
        var lives = Enumerable.Range(0, 3).Select(_ => dice.Between(0.3, 3)).ToArray();
        return new(
            target.Name,
            TimeSpan.Zero,
            async () =>
            {
                foreach (var life in lives)
                {
                    await target.KillAsync();
                    await target.StartAsync();
                    await Task.Delay(life);
                }

                await target.KillAsync();
            },
            target.StartAsync);
    }

    public static Fault Blackout(DemoSystem system, Dice dice) => new(
        "everything",
        dice.Between(0, 3),
        () => Task.WhenAll(system.All.Select(target => target.KillAsync())),
        () => Task.WhenAll(system.All.Select(target => target.StartAsync())));
}

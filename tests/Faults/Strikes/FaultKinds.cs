using Faults.Running;

namespace Faults.Strikes;

/// <summary>Draws one fault of each kind. All random choices come from the seed.</summary>
internal sealed class FaultKinds(DemoSystem system, Random random)
{
    /// <summary>One line per kind. Each draws its target, and how long it lasts.</summary>
    public IReadOnlyList<Func<Fault>> All =>
    [
        Kill,
        Terminate,
        Pause,
        CrashLoop,
        ImmediateStop,
        TerminateBackends,
        ReadOnly,
        () => OnWire("cut", wire => wire.Cut()),
        () => OnWire("stall", wire => wire.SwallowRequests()),
        () => OnWire("forget", wire => wire.Forget()),
        Blackout,
    ];

    private Fault Kill()
    {
        var target = Any([.. system.All]);
        return new("SIGKILL", target.Name, Between(0, 5), target.KillAsync, target.StartAsync);
    }

    private Fault Terminate()
    {
        var target = Any([.. system.All]);
        return new("SIGTERM", target.Name, Between(0, 5), target.StopAsync, target.StartAsync);
    }

    private Fault Pause()
    {
        var target = Any([.. system.All]);
        return new("SIGSTOP", target.Name, Between(1, 12), target.PauseAsync, target.ResumeAsync);
    }

    private Fault CrashLoop()
    {
        var target = Any([.. system.AllReplicas]);
        var lives = Enumerable.Range(0, 3).Select(_ => Between(0.3, 3)).ToArray();
        return new(
            "crash loop",
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

    private Fault ImmediateStop()
    {
        var server = Any([system.SenderServer, system.ReceiverServer]);
        return new("immediate stop", server.Name, Between(0, 4), () => server.SignalProgramAsync("QUIT"), server.StartAsync);
    }

    private Fault TerminateBackends()
    {
        var (name, database) = AnyDatabase();
        return new(
            "pg_terminate_backend",
            name,
            TimeSpan.Zero,
            () => Sql.ExecuteAsync(
                database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"),
            () => Task.CompletedTask);
    }

    private Fault ReadOnly()
    {
        var (name, database) = AnyDatabase();
        return new("read-only", name, Between(1, 8), () => SetAsync("on"), () => SetAsync("off"));

        async Task SetAsync(string value)
        {
            await Sql.ExecuteAsync(database, $"ALTER SYSTEM SET default_transaction_read_only = {value}");
            await Sql.ScalarAsync<bool>(database, "SELECT pg_reload_conf()");
        }
    }

    private Fault OnWire(string kind, Action<TcpWire> disturb)
    {
        var replica = Any([.. system.AllReplicas]);
        var (end, wire) = random.Next(2) == 0 ? ("database", replica.Database) : ("broker", replica.Broker);
        return new(kind, $"{replica}-{end}", Between(1, 12), () => Done(() => disturb(wire)), () => Done(wire.Restore));

        static Task Done(Action action)
        {
            action();
            return Task.CompletedTask;
        }
    }

    private Fault Blackout() => new(
        "blackout",
        "everything",
        Between(0, 3),
        () => Task.WhenAll(system.All.Select(target => target.KillAsync())),
        () => Task.WhenAll(system.All.Select(target => target.StartAsync())));

    private (string Name, string Database) AnyDatabase() =>
        Any([("senderdb", system.SenderDatabase), ("receiverdb", system.ReceiverDatabase)]);

    private T Any<T>(T[] choices) => choices[random.Next(choices.Length)];

    private TimeSpan Between(double least, double most) => TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));
}

using Faults.Running;

namespace Faults.Strikes;

/// <summary>Faults of a database that only a database has.</summary>
internal static class DatabaseFaults
{
    /// <summary>The postmaster ends its sessions at once, and writes no checkpoint.</summary>
    public static Fault ImmediateStop(DemoSystem system, Dice dice)
    {
        var server = dice.Any<Server>([system.SenderServer, system.ReceiverServer]);
        return new(server.Name, dice.Between(0, 4), () => server.SignalProgramAsync("QUIT"), server.StartAsync);
    }

    public static Fault TerminateBackends(DemoSystem system, Dice dice)
    {
        var (name, database) = AnyDatabase(system, dice);
        return new(
            name,
            TimeSpan.Zero,
            () => Sql.ExecuteAsync(
                database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"),
            () => Task.CompletedTask);
    }

    public static Fault ReadOnly(DemoSystem system, Dice dice)
    {
        var (name, database) = AnyDatabase(system, dice);
        return new(name, dice.Between(1, 8), () => SetAsync("on"), () => SetAsync("off"));

        async Task SetAsync(string value)
        {
            await Sql.ExecuteAsync(database, $"ALTER SYSTEM SET default_transaction_read_only = {value}");
            await Sql.ScalarAsync<bool>(database, "SELECT pg_reload_conf()");
        }
    }

    /// <summary>PostgreSQL ends itself when it cannot write its log. Somebody starts it again when there is room.</summary>
    public static Fault DiskFull(DemoSystem system, Dice dice)
    {
        var server = dice.Any<Server>([system.SenderServer, system.ReceiverServer]);
        return new(
            server.Name,
            dice.Between(1, 8),
            () => server.Disk!.FillAsync(),
            async () =>
            {
                await server.Disk!.MakeRoomAsync();
                await server.WaitUntilListeningAsync(restarts: true);
            });
    }

    private static (string Name, string Database) AnyDatabase(DemoSystem system, Dice dice) =>
        dice.Any([("senderdb", system.SenderDatabase), ("receiverdb", system.ReceiverDatabase)]);
}

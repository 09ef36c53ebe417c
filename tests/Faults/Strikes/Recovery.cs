using System.Diagnostics;
using Faults.Load;
using Faults.Running;
using Npgsql;

namespace Faults.Strikes;

/// <summary>Measures how long it takes after a repair until everything works again by itself.</summary>
internal sealed class Recovery(DemoSystem system, Client client)
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Creates an entity through every sender, and waits until they are projected and every replica is healthy. It begins when all servers
    /// listen again: how long a broker takes to start is not up to the services.
    /// </summary>
    /// <returns>How long it took, and what was the last. Null if it took too long.</returns>
    public async Task<(TimeSpan Took, string Last)?> MeasureAsync()
    {
        await Task.WhenAll(system.AllServers.Select(server => server.WaitUntilListeningAsync()));
        using var end = new CancellationTokenSource(Longest);
        var steps = system.Senders.Select(sender => TimedAsync($"a change through {sender}", ArrivesAsync(sender, end.Token)))
            .Concat(system.AllReplicas.Select(replica => TimedAsync(
                $"the health of {replica}", UntilAsync(() => replica.IsHealthyAsync(end.Token), end.Token))));
        var last = (await Task.WhenAll(steps)).MaxBy(step => step.Took ?? TimeSpan.MaxValue);
        return last.Took is { } took ? (took, last.What) : null;
    }

    private static async Task<(TimeSpan? Took, string What)> TimedAsync(string what, Task<bool> step)
    {
        var started = Stopwatch.GetTimestamp();
        return (await step ? Stopwatch.GetElapsedTime(started) : null, what);
    }

    private async Task<bool> ArrivesAsync(Replica sender, CancellationToken end) =>
        await client.CreateWithKeyAsync(() => sender, end) is { } entity && await UntilAsync(() => IsProjectedAsync(entity), end);

    private static async Task<bool> UntilAsync(Func<Task<bool>> condition, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            if (await condition())
            {
                return true;
            }

            await Task.Delay(Interval, CancellationToken.None);
        }

        return false;
    }

    private async Task<bool> IsProjectedAsync(Guid entity)
    {
        try
        {
            return await Sql.ScalarAsync<bool>(
                system.ReceiverDatabase, $"SELECT EXISTS (SELECT FROM entity_items WHERE id = '{entity}')");
        }
        catch (NpgsqlException exception) when (exception.IsTransient)
        {
            return false; // the server starts
        }
    }
}

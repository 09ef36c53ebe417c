using System.Diagnostics;
using System.Globalization;

namespace Attempts;

/// <summary>Runs one attempt. It kills its processes, starts them again, and in the end compares what both databases have.</summary>
internal sealed class Trial(int attempt, string title, string senderTables, string receiverTables)
{
    private const int Kills = 12;

    /// <summary>A process lives for 1 to 8 steps. So 12 of them never reach the last item.</summary>
    private const int LongestLife = 8;

    private static readonly string[] Roles = ["send", "receive"];

    public async Task RunAsync()
    {
        Console.WriteLine($"Attempt {attempt}: {title}");
        await using var sender = await Database.OpenAsync("senderdb", attempt);
        await using var receiver = await Database.OpenAsync("receiverdb", attempt);
        await sender.ResetAsync(attempt, senderTables);
        await receiver.ResetAsync(attempt, receiverTables);
        await EmptyQueueAsync();

        foreach (var role in Roles)
        {
            for (var kill = 1; !await RunProcessAsync(role, kill <= Kills ? Random.Shared.Next(1, LongestLife + 1) : null); kill++)
            {
            }
        }

        var saved = await sender.ReadItemsAsync("SELECT number FROM items");
        var arrived = await receiver.ReadItemsAsync("SELECT number FROM items");
        var distinct = arrived.Distinct().ToArray();
        Console.WriteLine($"Attempt {attempt}: saved {saved.Count}, arrived {arrived.Count}: "
            + $"lost {saved.Except(distinct).Count()}, doubled {arrived.Count - distinct.Length}");
    }

    /// <summary>Runs the sending or the receiving service in a process of its own.</summary>
    /// <param name="role">Which one.</param>
    /// <param name="life">Number of the step at which it is killed. Null: never.</param>
    /// <returns>True if it has finished. False if it was killed.</returns>
    private async Task<bool> RunProcessAsync(string role, int? life)
    {
        using var process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [attempt.ToString(CultureInfo.InvariantCulture), role])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        for (var step = 1; await process.StandardOutput.ReadLineAsync() is { } reached; step++)
        {
            if (step == life)
            {
                process.Kill(); // SIGKILL: it waits at this step, and cannot do anything more
                await process.WaitForExitAsync();
                Console.WriteLine($"killed when {reached}");
                return false;
            }

            await process.StandardInput.WriteLineAsync("go on");
        }

        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? true
            : throw new InvalidOperationException($"The process to {role} has ended with exit code {process.ExitCode}.");
    }

    /// <summary>Takes what an interrupted run has left.</summary>
    private async Task EmptyQueueAsync()
    {
        var connection = await Queue.ConnectAsync();
        var queue = Queue.Receiver(connection, $"attempt-{attempt}");
        while (await queue.ReceiveAsync(Queue.Patience) is { } message)
        {
            queue.Accept(message);
        }

        await connection.CloseAsync();
    }
}

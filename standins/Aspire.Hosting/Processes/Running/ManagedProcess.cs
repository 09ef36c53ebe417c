using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Processes.Running;

/// <summary>A process that was started here: its output goes to the log of its resource, and it ends when it is told to.</summary>
internal sealed class ManagedProcess
{
    // A grandchild may hold the pipes open after the process has ended: its last lines are waited for only so long.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromMilliseconds(500);

    private readonly Process _process;
    private readonly int _stopSignal;

    public ManagedProcess(Process process, int stopSignal, ResourceLog log, Watchdog watchdog)
    {
        _process = process;
        _stopSignal = stopSignal;
        Id = process.Id;
        var output = Task.WhenAll(
            PumpAsync(process.StandardOutput, log, isError: false),
            PumpAsync(process.StandardError, log, isError: true));
        Exited = WaitForExitAsync(output, watchdog);
    }

    public int Id { get; }

    /// <summary>Completes with the exit code when the process has ended; 128 and the signal's number if a signal ended it.</summary>
    public Task<int> Exited { get; }

    /// <summary>Asks the process to end and, if it has not after <paramref name="grace"/>, ends it together with its children.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (!Exited.IsCompleted)
        {
            Native.Signal(Id, _stopSignal);
            await Task.WhenAny(Exited, Task.Delay(grace));
        }

        Kill();
        await Exited;
    }

    public void Kill()
    {
        // The group, too: children of a process that is gone would otherwise go on. A group lives on for as long as a member does.
        Native.Signal(-Id, Native.SigKill);
        if (!Exited.IsCompleted)
        {
            Native.Signal(Id, Native.SigKill);
        }
    }

    private async Task<int> WaitForExitAsync(Task output, Watchdog watchdog)
    {
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Not WaitForExitAsync, which also waits for the end of the output.
        _process.Exited += (_, _) => exited.TrySetResult();
        _process.EnableRaisingEvents = true;
        await exited.Task;
        watchdog.Remove(Id);
        await Task.WhenAny(output, Task.Delay(OutputGrace));
        return _process.ExitCode;
    }

    private static async Task PumpAsync(StreamReader reader, ResourceLog log, bool isError)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                log.Add(line, isError);
            }
        }
        catch (IOException exception)
        {
            log.Add($"The output can no longer be read: {exception.Message}", isError: true);
        }
    }
}

using Aspire.Hosting.Processes.Running;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Processes;

/// <summary>
/// Ends the application when the `dotnet run` that has started it is gone. Politely ended, that ends the AppHost; killed, it cannot, and
/// nobody would know of the AppHost any more.
/// </summary>
internal sealed class ParentWatch(IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly string[] Verbs = ["run", "watch"];

    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var parent = Native.ParentId;
        if (!IsDotNetRun(parent))
        {
            // Started by a shell or a service manager, which may well end before us.
            return;
        }

        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            while (Native.ParentId == parent)
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }

            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
    }

    private static bool IsDotNetRun(int processId)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{processId}/cmdline").Split('\0');
            return Path.GetFileName(command[0]) == "dotnet" && command.Skip(1).Any(argument => Verbs.Contains(argument));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or it is another user's: no `dotnet run` of ours.
            return false;
        }
    }
}

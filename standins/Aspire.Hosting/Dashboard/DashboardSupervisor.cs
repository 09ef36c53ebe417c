using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Keeps the dashboard running, says where it is, and ends it.</summary>
/// <param name="cli">The Aspire CLI.</param>
/// <param name="options">Addresses and keys; they stay the same however often the dashboard is started.</param>
/// <param name="resourceService">Where the resource service listens.</param>
/// <param name="output">Gets what the dashboard writes.</param>
/// <param name="logger">Is told where the dashboard is, and when it ends.</param>
internal sealed partial class DashboardSupervisor(
    string cli, DashboardOptions options, Uri resourceService, ResourceLog output, ILogger<DistributedApplication> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>What has run for so long did not fail to start: the pauses begin anew.</summary>
    private static readonly TimeSpan LongRun = TimeSpan.FromMinutes(1);

    /// <summary>Runs the dashboard again and again until the application stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        try
        {
            while (true)
            {
                var started = TimeProvider.System.GetTimestamp();
                await RunOnceAsync(stopping);
                pause = TimeProvider.System.GetElapsedTime(started) > LongRun ? FirstPause : pause;
                LogNextStart(pause.TotalSeconds);
                await Task.Delay(pause, stopping);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The application stops; the dashboard has been ended.
        }
        catch (Exception exception)
        {
            // A program that cannot be started, for example one that was made for another kind of machine: without a dashboard
            // everything runs all the same.
            LogNotStarted(exception, cli);
        }
    }

    private async Task RunOnceAsync(CancellationToken stopping)
    {
        var lastLines = new LastLines();
        await using var process = DashboardProcess.Start(cli, options, resourceService, (line, isError) =>
        {
            output.Add(line, isError);
            lastLines.Add(line);
        });

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var announcement = AnnounceAsync(ended.Token);
        var exitCode = await process.WaitForExitAsync(stopping);
        await ended.CancelAsync();
        await announcement;
        LogEnded(exitCode, lastLines.ToString());
    }

    private async Task AnnounceAsync(CancellationToken ended)
    {
        try
        {
            await FrontendProbe.WaitUntilAnswersAsync(options.Frontend[0].LocalUrl, ended);
            foreach (var address in options.Frontend)
            {
                LogListening(address.Url);
            }

            if (options.Keys is not null)
            {
                LogLogin(options.LoginUrl);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // It ended before it answered, which the caller reports.
        }
    }

    [LoggerMessage(LogLevel.Information, "Now listening on: {DashboardUrl}")]
    private partial void LogListening(string dashboardUrl);

    // The token is a secret, and this line is how the user of this machine gets it, as under Aspire.
    [LoggerMessage(LogLevel.Information, "Login to the dashboard at {DashboardLoginUrl}")]
    private partial void LogLogin(string dashboardLoginUrl);

    [LoggerMessage(LogLevel.Warning, "The dashboard has ended with exit code {ExitCode}. Its last words: {LastLines}")]
    private partial void LogEnded(int exitCode, string lastLines);

    [LoggerMessage(LogLevel.Information, "The dashboard is started again in {Seconds} s")]
    private partial void LogNextStart(double seconds);

    [LoggerMessage(LogLevel.Warning, "There is no dashboard, because {Cli} cannot be run")]
    private partial void LogNotStarted(Exception exception, string cli);
}

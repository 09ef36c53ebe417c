using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Running;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Keeps the dashboard running, says where it is, and ends it.</summary>
/// <param name="command">Starts it, always with the same addresses and keys.</param>
/// <param name="options">These addresses and keys.</param>
/// <param name="processes">Starts processes so that they end with the AppHost.</param>
/// <param name="output">Gets what the dashboard writes.</param>
/// <param name="logger">Is told where the dashboard is, and when it ends.</param>
internal sealed partial class DashboardSupervisor(
    ProcessSpec command, DashboardOptions options, ProcessStarter processes, ResourceLog output, ILogger<DistributedApplication> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(16);

    /// <summary>What has run for so long did not fail to start: the pauses begin anew.</summary>
    private static readonly TimeSpan LongRun = TimeSpan.FromMinutes(1);

    /// <summary>What the dashboard needs to end politely is one to two seconds.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private const int LastWordsCount = 5;

    /// <summary>Starts the dashboard again whenever it ends, until the application stops or the dashboard has failed too often.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            var pause = FirstPause;
            while (true)
            {
                var started = TimeProvider.System.GetTimestamp();
                await RunOnceAsync(stopping);
                pause = TimeProvider.System.GetElapsedTime(started) > LongRun ? FirstPause : pause;
                if (pause > LongestPause)
                {
                    LogGivenUp();
                    return;
                }

                LogNextStart(pause.TotalSeconds);
                await Task.Delay(pause, stopping);
                pause *= 2;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The application stops; the dashboard has been ended.
        }
        catch (Exception exception)
        {
            // Whatever keeps a program from being started here: without a dashboard everything else runs all the same.
            LogNotStarted(exception, command.FileName);
        }
    }

    private async Task RunOnceAsync(CancellationToken stopping)
    {
        var process = processes.Start(command, output);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var announcement = AnnounceAsync(ended.Token);
        try
        {
            LogEnded(await process.Exited.WaitAsync(stopping), LastWords());
        }
        finally
        {
            // Also when it has ended by itself: the CLI may be gone and the dashboard under it not.
            await process.StopAsync(StopGrace);
            await ended.CancelAsync();
            await announcement;
        }
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

    /// <summary>Without the times that the log adds.</summary>
    private string LastWords() => string.Join(" / ", output.Backlog
        .TakeLast(LastWordsCount)
        .Select(line => line.Content[(line.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim())
        .Where(text => text.Length > 0));

    [LoggerMessage(1, LogLevel.Information, "Now listening on: {DashboardUrl}")]
    private partial void LogListening(string dashboardUrl);

    // The token is a secret, and this line is how the user of this machine gets it, as under Aspire.
    [LoggerMessage(2, LogLevel.Information, "Login to the dashboard at {DashboardLoginUrl}")]
    private partial void LogLogin(string dashboardLoginUrl);

    [LoggerMessage(3, LogLevel.Warning, "The dashboard has ended with exit code {ExitCode}. Its last words: {LastLines}")]
    private partial void LogEnded(int exitCode, string lastLines);

    [LoggerMessage(4, LogLevel.Information, "The dashboard is started again in {Seconds} s")]
    private partial void LogNextStart(double seconds);

    [LoggerMessage(5, LogLevel.Warning, "The dashboard has ended too often and is not started again; everything else runs on")]
    private partial void LogGivenUp();

    [LoggerMessage(6, LogLevel.Warning, "There is no dashboard, because {Cli} cannot be run")]
    private partial void LogNotStarted(Exception exception, string cli);
}

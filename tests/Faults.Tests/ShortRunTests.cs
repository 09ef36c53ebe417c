using System.Diagnostics;
using AppHost.Workshop;

namespace Faults.Tests;

/// <summary>The suite as its user runs it, for half a minute at a time.</summary>
public sealed class ShortRunTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(8);
    private Process? _suite;

    public void Dispose()
    {
        // A suite that hangs ends too, with all that it has started.
        _suite?.Kill();
        _suite?.Dispose();
    }

    [Theory]
    [InlineData("--minutes 0.5 --seed 7")]
    [InlineData("--minutes 0.5 --seed 8 --senders 1 --receivers 1")]
    public async Task Every_promise_is_kept(string options)
    {
        var suite = Start(options);
        using var timeout = new CancellationTokenSource(Deadline);
        var output = await suite.StandardOutput.ReadToEndAsync(timeout.Token);
        await suite.WaitForExitAsync(timeout.Token);
        Assert.True(suite.ExitCode == 0, output);
        Assert.Contains("Verdict       every promise was kept", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suite_that_is_killed_leaves_no_process()
    {
        var suite = Start("--minutes 5 --only cut");
        while (await suite.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith("00:", StringComparison.Ordinal))
        {
            // It says when the first fault comes.
        }

        var started = ProcessTree.Ids(suite.Id).Skip(1).ToArray();
        Assert.True(started.Length >= 7, $"There were only {started.Length} processes.");
        suite.Kill();
        await Eventually.GetAsync(
            () => Task.FromResult(started.Count(id => Directory.Exists($"/proc/{id}"))), running => running == 0);
    }

    private Process Start(string options) => _suite = Process.Start(
        new ProcessStartInfo("dotnet", [typeof(FaultRun).Assembly.Location, .. options.Split(' ')]) { RedirectStandardOutput = true })!;
}

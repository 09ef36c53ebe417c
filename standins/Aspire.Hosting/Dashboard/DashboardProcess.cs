using System.Diagnostics;

namespace Aspire.Hosting.Dashboard;

/// <summary>One run of the dashboard: a process of the Aspire CLI, and under it the dashboard itself.</summary>
internal sealed class DashboardProcess : IAsyncDisposable
{
    private readonly Process _process;

    private DashboardProcess(Process process) => _process = process;

    public static DashboardProcess Start(string cli, DashboardOptions options, Uri resourceService, Action<string, bool> onLine)
    {
        var start = new ProcessStartInfo(cli, DashboardCommand.Arguments(options)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in DashboardCommand.Environment(options, resourceService))
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => { if (e.Data is { } line) { onLine(line, false); } };
        process.ErrorDataReceived += (_, e) => { if (e.Data is { } line) { onLine(line, true); } };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new DashboardProcess(process);
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}

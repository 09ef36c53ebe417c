using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Aspire.Hosting.Processes.Running;
using Tests.Harness;

namespace StandIns.Tests.Hosting;

/// <summary>The demo's AppHost as `dotnet run` starts it: a process of its own, with everything that it starts.</summary>
internal sealed class AppHostProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private static readonly string Assembly = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "AppHost", Configuration, "AppHost.dll"));

    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _written = [];
    private readonly Process _process;

    private AppHostProcess(string volumes)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
            [
                "exec", Assembly, $"--Demo:Volumes={volumes}", "--DcpPublisher:RandomizePorts=true",
                // Given, so that none is generated and kept in the user's secrets.
                "--Parameters:artemis-password=secret", "--Parameters:sender-postgres-password=secret", "--Parameters:receiver-postgres-password=secret",
            ])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Received(line.Data);
        _process.ErrorDataReceived += (_, line) => Received(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Why there is none; null if there is.</summary>
    public static string? Missing => !OperatingSystem.IsLinux() ? "What is left of an AppHost is found in /proc, which only Linux has."
        : !File.Exists(Assembly) ? "The AppHost has not been built with the stand-ins."
        : null;

    /// <summary>The folder of the build: debug or release.</summary>
    private static string Configuration => Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));

    public static AppHostProcess Start(string volumes) => new(volumes);

    /// <summary>Waits until each text has been written, in whatever order.</summary>
    /// <returns>The lines with them, in the order of the texts.</returns>
    public async Task<string[]> WrittenAsync(params string[] texts)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            while (!texts.All(text => LineWith(text) is not null))
            {
                _written.Add(await _lines.Reader.ReadAsync(deadline.Token));
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Not written: {string.Join(", ", texts.Where(text => LineWith(text) is null))}. Written:\n{string.Join('\n', _written)}");
        }

        return [.. texts.Select(text => LineWith(text)!)];

        string? LineWith(string text) => _written.Find(line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>Waits until it has started processes, and says by which mark they are known.</summary>
    public async Task<string> RunIdAsync(int processes) => (await Eventually.GetAsync(
        () => Task.FromResult(RunId()), id => id is not null && ProcessesOf(id).Count >= processes, Deadline))!;

    /// <summary>What runs that was started by the AppHost with this mark, its watchdog included.</summary>
    public static IReadOnlyList<int> ProcessesOf(string runId) =>
        [.. ProcessIds().Where(id => Read(id, "environ").Contains($"{Watchdog.Marker}={runId}") || Read(id, "cmdline").Contains(runId))];

    /// <summary>Sends a signal to the AppHost alone, and waits for its end.</summary>
    public async Task<int> EndAsync(int signal)
    {
        Native.Signal(_process.Id, signal);
        using var deadline = new CancellationTokenSource(Deadline);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Received(string? line)
    {
        if (line is not null)
        {
            _lines.Writer.TryWrite(line);
        }
    }

    /// <summary>The watchdog is told the mark on its command line.</summary>
    private string? RunId() => ProcessIds()
        .Where(id => Read(id, "status").Any(line => line.Contains($"PPid:\t{_process.Id}\n", StringComparison.Ordinal)))
        .Select(id => Read(id, "cmdline"))
        .Where(arguments => arguments.Contains(Watchdog.Marker))
        .Select(arguments => arguments[Array.IndexOf(arguments, Watchdog.Marker) + 1])
        .FirstOrDefault();

    private static IEnumerable<int> ProcessIds() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0);

    private static string[] Read(int processId, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/{file}").Split('\0');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or it is another user's.
            return [];
        }
    }
}

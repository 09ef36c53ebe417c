using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Xunit.Sdk;

namespace Tests.Harness;

/// <summary>The demo's AppHost as `dotnet run` starts it: a process of its own, with everything that it starts. It gets free ports.</summary>
public sealed class AppHostProcess : IDisposable
{
    /// <summary>Of the broker and of both databases: given, so that none is generated and kept in the user's secrets.</summary>
    public const string Password = "not-for-everyones-eyes";

    private const int SigTerm = 15;
    private const string CtrlC = "\u0003";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _written = [];
    private readonly Process _process;

    private AppHostProcess(ProcessStartInfo start, IReadOnlyDictionary<string, string> environment)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Received(line.Data);
        _process.ErrorDataReceived += (_, line) => Received(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Why there is none; null if there is.</summary>
    public static string? Missing => File.Exists(Assembly) ? null : "The AppHost has not been built.";

    public int Id => _process.Id;

    /// <summary>All lines so far. It has ended: all lines.</summary>
    public IReadOnlyList<string> Written
    {
        get
        {
            while (_lines.Reader.TryRead(out var line))
            {
                _written.Add(line);
            }

            return _written;
        }
    }

    private static string Assembly => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "AppHost", Configuration, "AppHost.dll"));

    /// <summary>The folder of the build: debug or release.</summary>
    private static string Configuration => Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));

    /// <param name="volumes">The prefix of its volumes.</param>
    /// <param name="environment">Settings, besides those that it gets in any case.</param>
    public static AppHostProcess Start(string volumes, IReadOnlyDictionary<string, string>? environment = null) =>
        new(new ProcessStartInfo("dotnet", ["exec", Assembly, .. Arguments(volumes)]), environment ?? new Dictionary<string, string>());

    /// <summary>As a person starts it: with `dotnet run`, in the foreground of a terminal.</summary>
    public static AppHostProcess StartInTerminal(string volumes)
    {
        // Whoever runs the tests in the background has SIGINT ignored, and so would all that they start.
        string[] command =
        [
            "env", "--default-signal=INT,HUP",
            "dotnet", "run", "--project", Solution.PathOf("AppHost"), "--no-build", "--no-launch-profile", "-c", Configuration, "--",
            .. Arguments(volumes),
        ];
        var line = string.Join(' ', command.Select(argument => $"'{argument}'"));
        return new AppHostProcess(new ProcessStartInfo("script", ["-qefc", $"exec {line}", "/dev/null"]), new Dictionary<string, string>());
    }

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
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            var missing = string.Join(", ", texts.Where(text => LineWith(text) is null));
            throw new XunitException($"Not written: {missing}. Written:\n{string.Join('\n', _written)}");
        }

        return [.. texts.Select(text => LineWith(text)!)];

        string? LineWith(string text) => _written.Find(line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>Presses Ctrl-C in the terminal, which sends SIGINT to all that runs in its foreground.</summary>
    public async Task PressCtrlCAsync()
    {
        await _process.StandardInput.WriteAsync(CtrlC);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Sends a signal to the AppHost alone, and waits for its end.</summary>
    public Task<int> EndAsync(int signal = SigTerm)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        return EndedAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndedAsync()
    {
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

    private static string[] Arguments(string volumes) =>
    [
        $"--Demo:Volumes={volumes}", "--Demo:FreePorts=true",
        .. ((string[])["artemis", "sender-postgres", "receiver-postgres"]).Select(resource => $"--Parameters:{resource}-password={Password}"),
    ];

    private void Received(string? line)
    {
        if (line is not null)
        {
            _lines.Writer.TryWrite(line);
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Xunit.Sdk;

namespace Testing;

/// <summary>
/// The demo's AppHost in a process of its own, as `dotnet run` starts it, with all processes that it starts. It gets free ports.
/// </summary>
public sealed class AppHostProcess : IDisposable
{
    /// <summary>
    /// The password of the broker and of both databases. Without it, Aspire would generate one and keep it in the user's secrets.
    /// </summary>
    public const string Password = "not-for-everyones-eyes";

    private const int SigTerm = 15;
    private const string CtrlC = "\u0003";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _written = [];
    private readonly Process _process;

    private AppHostProcess(ProcessStartInfo start, string volumes, IReadOnlyDictionary<string, string>? environment)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["ASPNETCORE_URLS"] = FreeAddress().AbsoluteUri;
        start.Environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = FreeAddress().AbsoluteUri;
        start.Environment["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = FreeAddress().AbsoluteUri;
        start.Environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["OUTBOXDEMO_TEST"] = volumes;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        Volumes = volumes;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Received(line.Data);
        _process.ErrorDataReceived += (_, line) => Received(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Why it cannot be started here. Null if it can.</summary>
    public static string? Missing => File.Exists(Assembly) ? null : "The AppHost has not been built.";

    /// <summary>The prefix of its volumes.</summary>
    public string Volumes { get; }

    /// <summary>All lines that it has written so far.</summary>
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

    /// <summary>Its own process and all processes that it started, if they still run. Linux only.</summary>
    /// <remarks>PostgreSQL gets an environment of its own, and works in its data folder.</remarks>
    public IReadOnlyList<string> Processes =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(process => int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out _))
            .Where(process => Read($"{process}/environ").Contains($"OUTBOXDEMO_TEST={Volumes}", StringComparison.Ordinal)
                || WorkingDirectory(process).Contains($"/{Volumes}-", StringComparison.Ordinal))
            .Select(process => Read($"{process}/cmdline").Replace('\0', ' '))
            .Where(commandLine => commandLine.Length > 0), // a process that has ended and waits to be reaped has an empty one
    ];

    private static string Assembly => Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "AppHost", Configuration, "AppHost.dll"));

    /// <summary>The folder of the build: debug or release.</summary>
    private static string Configuration => Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));

    /// <summary>Starts the AppHost.</summary>
    /// <param name="volumes">The prefix of its volumes.</param>
    /// <param name="environment">More settings.</param>
    /// <param name="arguments">More arguments of its command line.</param>
    public static AppHostProcess Start(
        string volumes, IReadOnlyDictionary<string, string>? environment = null, params IEnumerable<string> arguments) =>
        new(new ProcessStartInfo("dotnet", ["exec", Assembly, .. Arguments(volumes), .. arguments]), volumes, environment);

    /// <summary>Starts it with `dotnet run` in the foreground of a terminal, as a person does.</summary>
    /// <param name="volumes">The prefix of its volumes.</param>
    /// <param name="environment">More settings.</param>
    public static AppHostProcess StartInTerminal(string volumes, IReadOnlyDictionary<string, string>? environment = null)
    {
        // Tests in the background ignore SIGINT, and all processes that they start would ignore it too.
        string[] command =
        [
            "env", "--default-signal=INT,HUP",
            "dotnet", "run", "--project", Solution.PathOf("AppHost"), "--no-build", "--no-launch-profile", "-c", Configuration, "--",
            .. Arguments(volumes),
        ];
        var line = string.Join(' ', command.Select(argument => $"'{argument}'"));
        return new AppHostProcess(new ProcessStartInfo("script", ["-qefc", $"exec {line}", "/dev/null"]), volumes, environment);
    }

    /// <summary>An address on a free port. The system never gives this port to a program that asks for any free port.</summary>
    public static Uri FreeAddress()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 30_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return new Uri($"http://localhost:{port}");
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // It is taken: try another one.
            }
        }
    }

    /// <summary>Waits until it has written a text.</summary>
    /// <returns>The line that contains the text.</returns>
    public async Task<string> WrittenAsync(string text)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            while (_written.Find(line => line.Contains(text, StringComparison.Ordinal)) is not { } found)
            {
                _written.Add(await _lines.Reader.ReadAsync(deadline.Token));
            }

            return _written.Find(line => line.Contains(text, StringComparison.Ordinal))!;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            throw new XunitException($"The AppHost has not written: {text}. It has written:\n{string.Join('\n', _written)}");
        }
    }

    /// <summary>Waits until the script of a database runs. At this moment the start has begun and is not complete.</summary>
    public Task WaitUntilDatabaseIsCreatedAsync() =>
        ProcessesAsync(processes => processes.Any(process => process.Contains("/postgres.sh ", StringComparison.Ordinal)));

    /// <summary>Waits until the services run. They start after their databases.</summary>
    public async Task WaitUntilServicesRunAsync()
    {
        await WrittenAsync("Distributed application started");
        await ProcessesAsync(processes => processes.Any(process => process.EndsWith("SenderService ", StringComparison.Ordinal)));
    }

    /// <summary>Waits until all processes that it has started have ended. Call it after its own end.</summary>
    public Task WaitUntilNothingIsLeftAsync() => ProcessesAsync(processes => processes.Count == 0);

    /// <summary>Presses Ctrl-C in the terminal. The terminal sends SIGINT to all processes in its foreground.</summary>
    public async Task PressCtrlCAsync()
    {
        await _process.StandardInput.WriteAsync(CtrlC);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Sends a signal to the AppHost alone, and waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync(int signal = SigTerm)
    {
        await Signal.SendAsync(_process.Id, signal.ToString(CultureInfo.InvariantCulture));
        return await EndedAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <param name="within">How long it may take. Defaults to 2 minutes.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> EndedAsync(TimeSpan? within = null)
    {
        using var deadline = new CancellationTokenSource(within ?? Deadline);
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

    private Task<IReadOnlyList<string>> ProcessesAsync(Predicate<IReadOnlyList<string>> condition) => Eventually.GetAsync(
        () => Task.FromResult(Processes), condition, describe: processes => string.Join('\n', processes));

    private static string[] Arguments(string volumes) =>
    [
        $"--Demo:Volumes={volumes}", "--Demo:FreePorts=true",
        .. ((string[])["artemis", "sender-postgres", "receiver-postgres"])
            .Select(resource => $"--Parameters:{resource}-password={Password}"),
    ];

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // it has just ended, or it belongs to another user
        }
    }

    private static string WorkingDirectory(string process)
    {
        try
        {
            return Directory.ResolveLinkTarget($"{process}/cwd", returnFinalTarget: false)?.FullName ?? "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private void Received(string? line)
    {
        if (line is not null)
        {
            _lines.Writer.TryWrite(line);
        }
    }
}

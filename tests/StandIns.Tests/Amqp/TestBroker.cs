using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Amqp;
using Aspire.Hosting.Processes.Ports;
using Aspire.Hosting.Processes.Running;

namespace StandIns.Tests.Amqp;

/// <summary>A broker of the tests' own: its files in a temporary folder, on ports that nobody else gets, gone when the tests are.</summary>
public abstract class TestBroker : IAsyncDisposable
{
    protected const string User = "user";
    protected const string Password = "p@ss";

    private const int SigCont = 18;
    private const int SigStop = 19;

    // A broker takes seconds until it listens, and some tests start theirs again: a port that was only found free is often somebody's by then.
    private readonly PortReservations _ports = new();
    private readonly List<Process> _processes = [];
    private readonly ConcurrentQueue<string> _written = new();
    private TaskCompletionSource _ready = new();

    protected TestBroker() => Port = ReservePort();

    public int Port { get; }

    protected string Folder { get; } = Path.Combine(Path.GetTempPath(), $"broker-{Guid.NewGuid():N}");

    protected TestCertificates Certificates { get; } = new();

    /// <summary>What the broker writes when it can be connected to.</summary>
    protected abstract string ReadyMark { get; }

    /// <summary>Makes the broker's files.</summary>
    public abstract Task CreateAsync();

    /// <summary>Starts it, for the first time or again; done when it can be connected to.</summary>
    public async Task StartAsync()
    {
        _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _written.Clear();
        StartProcesses();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await Task.WhenAny(_ready.Task, _processes[^1].WaitForExitAsync(deadline.Token));
        Assert.True(_ready.Task.IsCompleted, $"The broker did not start. It wrote:\n{string.Join('\n', _written)}");
    }

    public abstract int PortWith(ServerCertificate certificate);

    /// <summary>Sees to it that <see cref="PortWith"/> leads to that certificate.</summary>
    public virtual Task PresentAsync(ServerCertificate certificate) => Task.CompletedTask;

    public async Task<Connection> ConnectAsync(string password = Password, Action<ConnectionFactory>? configure = null)
    {
        var factory = new ConnectionFactory();
        configure?.Invoke(factory);
        return await factory.CreateAsync(new Address("127.0.0.1", Port, User, password, "/", "AMQP")).InTime();
    }

    /// <summary>Connects by TLS, with a client that trusts the tests' authority or one that asks the system whom to trust.</summary>
    public Task<Connection> ConnectByTlsAsync(ServerCertificate certificate, bool trusting)
    {
        var factory = new ConnectionFactory();
        if (trusting)
        {
            factory.SSL.RemoteCertificateValidationCallback = (_, presented, _, _) => Certificates.IsTrusted(presented!);
        }

        return factory.CreateAsync(new Address("127.0.0.1", PortWith(certificate), User, Password)).InTime();
    }

    /// <summary>As a machine that does not answer any more.</summary>
    public void Pause() => Native.Signal(_processes[^1].Id, SigStop);

    public void Resume() => Native.Signal(_processes[^1].Id, SigCont);

    /// <summary>Asks it to end, and waits until it has.</summary>
    public async Task StopAsync()
    {
        Native.Signal(_processes[^1].Id, Native.SigTerm);
        await _processes[^1].WaitForExitAsync().InTime();
        await KillAsync();
    }

    /// <summary>As a power failure would.</summary>
    public async Task KillAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            await process.WaitForExitAsync().InTime();
            process.Dispose();
        }

        _processes.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _ports.Dispose();
        Certificates.Dispose();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the processes, the broker itself as the last one.</summary>
    protected abstract void StartProcesses();

    /// <returns>A port that is this broker's for as long as it is, whether it runs or not.</returns>
    protected int ReservePort() => _ports.ReserveFree();

    protected static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    protected void StartProcess(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        _processes.Add(Launch(program, arguments, environment));

    /// <returns>What the program wrote.</returns>
    protected static async Task<string> RunAsync(string program, string[] arguments)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true } };
        process.Start();
        var output = await process.StandardOutput.ReadToEndAsync().InTime();
        await process.WaitForExitAsync().InTime();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    private Process Launch(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder };
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        if (environment is not null)
        {
            start.Environment.Clear();
            environment.ToList().ForEach(variable => start.Environment[variable.Key] = variable.Value);
        }

        var process = new Process { StartInfo = start };
        var ready = _ready;
        process.OutputDataReceived += (_, line) =>
        {
            _written.Enqueue(line.Data ?? string.Empty);
            _ = line.Data?.Contains(ReadyMark, StringComparison.Ordinal) is true && ready.TrySetResult();
        };
        process.ErrorDataReceived += (_, line) => _written.Enqueue(line.Data ?? string.Empty);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Faults.Running;

/// <summary>A database server or the broker, run by the same script as in the demo.</summary>
/// <param name="name">Its name.</param>
/// <param name="folder">Keeps its data and its log.</param>
/// <param name="script">The script in AppHost/Infrastructure/Scripts, with its arguments behind the folder.</param>
/// <param name="environment">What the script needs.</param>
internal sealed class Server(string name, string folder, string[] script, IReadOnlyDictionary<string, string> environment) : Target(name)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private Process? _process;

    public override string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => Path.Combine(folder, "log.txt");

    public override Task StartAsync()
    {
        Directory.CreateDirectory(folder);
        var path = Solution.PathOf($"AppHost/Infrastructure/Scripts/{script[0]}");
        var start = new ProcessStartInfo(
            "bash", ["-c", """log=$1; shift; exec bash "$@" >>"$log" 2>&1""", "bash", LogFile, path, folder, .. script[1..]]);
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        _process?.Dispose();
        _process = Process.Start(start)!;
        return Task.CompletedTask;
    }

    /// <summary>Waits for the first start, which creates the data.</summary>
    public Task WaitUntilListeningAsync() => Eventually.GetAsync(ListensAsync, listens => listens, StartTimeout);

    public override async Task KillAsync()
    {
        if (_process is { HasExited: false })
        {
            await ProcessTree.SignalAsync(_process.Id, "KILL");
            await _process.WaitForExitAsync();
        }
    }

    public override async Task StopAsync()
    {
        await Signal.SendAsync(_process!.Id, "TERM");
        using var timeout = new CancellationTokenSource(StopTimeout);
        await _process.WaitForExitAsync(timeout.Token);
    }

    /// <summary>Sends a signal to the program that the script runs.</summary>
    public async Task SignalProgramAsync(string signal)
    {
        await Signal.SendAsync(ProcessTree.Children(_process!.Id).Single(), signal);
        using var timeout = new CancellationTokenSource(StopTimeout);
        await _process.WaitForExitAsync(timeout.Token);
    }

    public override Task PauseAsync() => ProcessTree.SignalAsync(_process!.Id, "STOP");

    public override Task ResumeAsync() => ProcessTree.SignalAsync(_process!.Id, "CONT");

    private async Task<bool> ListensAsync()
    {
        if (_process!.HasExited)
        {
            throw new InvalidOperationException($"{Name} has ended: {Log}");
        }

        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", int.Parse(environment["PORT"], CultureInfo.InvariantCulture));
            return true;
        }
        catch (SocketException)
        {
            return false; // not yet
        }
    }
}

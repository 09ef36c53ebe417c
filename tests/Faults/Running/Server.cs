using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using AppHost.Workshop;

namespace Faults.Running;

/// <summary>A database server or the broker, run by the same script as in the demo.</summary>
/// <param name="name">Its name.</param>
/// <param name="folder">Keeps its data.</param>
/// <param name="script">The script in AppHost/Infrastructure/Scripts, with its arguments behind the folder.</param>
/// <param name="environment">What the script needs.</param>
/// <param name="disk">The disk that is mounted at the folder. Null if none is.</param>
internal sealed class Server(
    string name, string folder, string[] script, IReadOnlyDictionary<string, string> environment, SmallDisk? disk = null) : Target(name)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private Process? _process;

    public SmallDisk? Disk => disk;

    public override string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    /// <summary>Beside its folder, because the disk may be full.</summary>
    private string LogFile => $"{folder}.log";

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

    /// <summary>Waits until it listens. The first start takes longer, because it creates the data.</summary>
    /// <param name="restarts">Starts it again if it has ended by itself.</param>
    public Task WaitUntilListeningAsync(bool restarts = false) =>
        Eventually.GetAsync(() => ListensAsync(restarts), listens => listens, StartTimeout);

    public override async Task KillAsync()
    {
        if (_process is { HasExited: false })
        {
            await Signal.SendToTreeAsync(_process.Id, "KILL");
            await _process.WaitForExitAsync();
        }
    }

    public override Task StopAsync() => SignalAsync(_process!.Id, "TERM");

    /// <summary>Sends a signal to the program that the script runs, and waits until both have ended.</summary>
    public Task SignalProgramAsync(string signal) => SignalAsync(ProcessTree.Children(_process!.Id).Single(), signal);

    public override Task PauseAsync() => Signal.SendToTreeAsync(_process!.Id, "STOP");

    public override Task ResumeAsync() => Signal.SendToTreeAsync(_process!.Id, "CONT");

    /// <summary>Ends it for good.</summary>
    /// <param name="keepsData">The data is kept in its folder.</param>
    public async Task EndAsync(bool keepsData)
    {
        await KillAsync();
        if (disk is null)
        {
            return;
        }

        var kept = $"{folder}.kept";
        if (keepsData)
        {
            using var copy = Process.Start("cp", ["-a", folder, kept]);
            await copy.WaitForExitAsync();
        }

        disk.Dispose();
        if (keepsData)
        {
            Directory.Move(kept, folder);
        }
    }

    private async Task SignalAsync(int processId, string signal)
    {
        await Signal.SendAsync(processId, signal);
        using var timeout = new CancellationTokenSource(StopTimeout);
        await _process!.WaitForExitAsync(timeout.Token);
    }

    private async Task<bool> ListensAsync(bool restarts)
    {
        if (_process!.HasExited)
        {
            if (!restarts)
            {
                throw new InvalidOperationException($"{Name} has ended: {Log}");
            }

            await StartAsync();
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

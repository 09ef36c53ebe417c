using System.Diagnostics;

namespace Benchmarks.Amqp;

/// <summary>A client that runs as a process: it is told a command a line and answers with a line of figures.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private ClientProcess(string name, Process process) => (Name, _process) = (name, process);

    public string Name { get; }

    /// <summary>Starts a client that is connected when this is done.</summary>
    public static async Task<ClientProcess> StartAsync(string name, ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        var client = new ClientProcess(name, Process.Start(start)!);
        await client.ReadAsync();
        return client;
    }

    public async Task<Measurement> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        return Measurement.Parse(await ReadAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(Deadline)
        ?? throw new InvalidOperationException($"The client {Name} has ended.");
}

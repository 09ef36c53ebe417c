using System.Diagnostics;
using System.Globalization;
using Amqp;
using Tests.Harness;

namespace StandIns.Tests.Amqp;

/// <summary>
/// Another implementation of AMQP as the peer: a script that listens, writes what it read of each message it gets, and sends one message
/// of its own to whoever attaches a receiver.
/// </summary>
internal sealed class ForeignPeer : IAsyncDisposable
{
    private readonly Process _process;

    private ForeignPeer(Process process) => _process = process;

    public int Port { get; private set; }

    public Address Address => new("127.0.0.1", Port, null, null, "/", "AMQP");

    /// <summary>Starts the script, which says on which port it listens.</summary>
    public static async Task<ForeignPeer> StartAsync(ForeignRuntime runtime, string script)
    {
        var peer = new ForeignPeer(Launch(runtime, script));
        peer.Port = int.Parse((await peer.ReadAsync())["port"], CultureInfo.InvariantCulture);
        return peer;
    }

    /// <summary>The next block of lines "name=value", up to an empty one.</summary>
    public async Task<Dictionary<string, string>> ReadAsync()
    {
        var values = new Dictionary<string, string>();
        while (await _process.StandardOutput.ReadLineAsync().InTime() is { } line)
        {
            if (line.Length == 0)
            {
                return values;
            }

            var parts = line.Split('=', 2);
            values.Add(parts[0], parts[1]);
        }

        Assert.Fail($"The peer has ended: {await _process.StandardError.ReadToEndAsync()}");
        return values;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().InTime();
        _process.Dispose();
    }

    private static Process Launch(ForeignRuntime runtime, string script)
    {
        var start = runtime.Start(script);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        return Process.Start(start)!;
    }
}

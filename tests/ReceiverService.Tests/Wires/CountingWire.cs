
namespace ReceiverService.Tests.Wires;

/// <summary>Counts something in a stream of bytes as it passes.</summary>
internal interface IStreamCounter
{
    void Pass(ReadOnlySpan<byte> bytes);
}

/// <summary>A wire that counts what the server sends.</summary>
/// <param name="host">The server.</param>
/// <param name="port">Its port.</param>
/// <param name="answers">Makes a counter for one connection.</param>
internal sealed class CountingWire(string host, int port, Func<IStreamCounter> answers) : TcpWire(host, port)
{
    protected override Pump PumpAnswers()
    {
        var counter = answers();
        return (from, to, end) => PumpAsync(
            from,
            to,
            bytes =>
            {
                counter.Pass(bytes.Span);
                return true;
            },
            end);
    }
}

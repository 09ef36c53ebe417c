using System.Runtime.InteropServices;
using System.Text;

namespace ReceiverService.Tests.Wires;

/// <summary>A wire to a broker that damages the first deliveries in which it finds a text.</summary>
/// <param name="broker">The broker's address.</param>
/// <param name="text">The text. Its first character is overwritten.</param>
/// <param name="deliveries">How many deliveries.</param>
internal sealed class DamagingWire(string broker, string text, int deliveries) : TcpWire(new Uri(broker).Host, new Uri(broker).Port)
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(text);

    /// <summary>How many deliveries it has damaged.</summary>
    public int Damaged { get; private set; }

    /// <summary>The address for the service.</summary>
    public string Address => Reroute(broker);

    protected override Pump PumpAnswers() => (from, to, end) => PumpAsync(from, to, Damage, end);

    private bool Damage(ReadOnlyMemory<byte> bytes)
    {
        if (Damaged < deliveries && bytes.Span.IndexOf(_text) is >= 0 and var at)
        {
            MemoryMarshal.AsMemory(bytes).Span[at] = (byte)'!';
            Damaged++;
        }

        return true;
    }
}

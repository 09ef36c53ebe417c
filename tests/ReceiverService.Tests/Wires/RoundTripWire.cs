namespace ReceiverService.Tests.Wires;

/// <summary>
/// A wire to a database that counts round trips. A round trip is an answer of the server after the service has sent something.
/// </summary>
internal sealed class RoundTripWire(string host, int port) : TcpWire(host, port)
{
    private int _hasAsked;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    protected override Pump PumpRequests() => (from, to, end) => PumpAsync(from, to, _ => Ask(), end);

    protected override Pump PumpAnswers() => (from, to, end) => PumpAsync(from, to, _ => Answer(), end);

    private bool Ask()
    {
        Volatile.Write(ref _hasAsked, 1);
        return true;
    }

    private bool Answer()
    {
        if (Interlocked.Exchange(ref _hasAsked, 0) == 1)
        {
            Interlocked.Increment(ref _count);
        }

        return true;
    }
}

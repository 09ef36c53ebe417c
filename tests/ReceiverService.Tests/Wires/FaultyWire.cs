
namespace ReceiverService.Tests.Wires;

/// <summary>A step of a service's conversation with the broker.</summary>
public enum BrokerStep
{
    /// <summary>The connection is made. Nothing has been sent yet.</summary>
    Connecting,

    /// <summary>The service asks for its link (AMQP 1.0, 2.7.3).</summary>
    Attaching,
}

/// <summary>A wire to a broker that becomes silent or hangs up at one step.</summary>
internal sealed class FaultyWire : TcpWire
{
    private readonly Lock _lock = new();
    private Generation _current = new();

    /// <param name="broker">The broker's address.</param>
    public FaultyWire(string broker)
        : base(new Uri(broker).Host, new Uri(broker).Port) => Address = Reroute(broker);

    /// <summary>The address for the service.</summary>
    public string Address { get; }

    /// <summary>The step at which each new connection fails. Null if connections are good.</summary>
    public BrokerStep? FailsAt { get; set; }

    /// <summary>True if it hangs up at that step. Otherwise it becomes silent.</summary>
    public bool HangsUp { get; init; }

    /// <summary>Stops passing bytes in both directions, without an error. New connections are good.</summary>
    public void FallSilent()
    {
        lock (_lock)
        {
            _current.IsSilent = true;
            _current = new();
        }
    }

    protected override Pump PumpAnswers()
    {
        var generation = Current();
        return async (from, to, end) =>
        {
            await PumpAsync(from, to, _ => !generation.IsSilent, end);
            if (!HangsUp)
            {
                // The broker has closed the connection because it was silent. The service must not see this either.
                await Task.Delay(Timeout.Infinite, end);
            }
        };
    }

    protected override Pump PumpRequests()
    {
        var (generation, isSilent) = (Current(), false);
        return (from, to, end) => PumpAsync(from, to, Passes, end);

        bool Passes(ReadOnlyMemory<byte> bytes)
        {
            isSilent |= generation.IsSilent || FailsWith(bytes.Span);
            return isSilent && HangsUp ? throw new IOException("The test hangs up.") : !isSilent;
        }
    }

    private Generation Current()
    {
        lock (_lock)
        {
            return _current;
        }
    }

    /// <summary>At least the frame that attaches comes alone, because the client writes it at once.</summary>
    private bool FailsWith(ReadOnlySpan<byte> bytes) => FailsAt switch
    {
        BrokerStep.Connecting => true,
        BrokerStep.Attaching => bytes.IndexOf("\0S\u0012"u8) >= 0,
        _ => false,
    };

    /// <summary>The connections that were made between two calls of <see cref="FallSilent"/>.</summary>
    private sealed class Generation
    {
        public volatile bool IsSilent;
    }
}


namespace ReceiverService.Tests.Wires;

/// <summary>A step in the conversation of a service with the broker.</summary>
public enum BrokerStep
{
    /// <summary>The connection is made, and nothing has been said.</summary>
    Connecting,

    /// <summary>The service asks for its link (AMQP 1.0, 2.7.3).</summary>
    Attaching,
}

/// <summary>A wire to a broker that says nothing more, or hangs up, at one step.</summary>
internal sealed class FaultyWire : TcpWire
{
    private readonly Lock _lock = new();
    private Generation _current = new();

    /// <param name="broker">The broker's address.</param>
    public FaultyWire(string broker)
        : base(new Uri(broker).Host, new Uri(broker).Port) => Address = Reroute(broker);

    /// <summary>What the service is to connect to.</summary>
    public string Address { get; }

    /// <summary>Where each new connection fails; null: nowhere.</summary>
    public BrokerStep? FailsAt { get; set; }

    /// <summary>What it does there, instead of saying nothing more.</summary>
    public bool HangsUp { get; init; }

    /// <summary>From now on nothing passes in either direction, and nobody is told; new connections are good.</summary>
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
                // The broker has hung up on somebody who said nothing. Not even that arrives.
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

    /// <summary>Each frame comes by itself, at least the one that attaches: the client writes it at once.</summary>
    private bool FailsWith(ReadOnlySpan<byte> bytes) => FailsAt switch
    {
        BrokerStep.Connecting => true,
        BrokerStep.Attaching => bytes.IndexOf("\0S\u0012"u8) >= 0,
        _ => false,
    };

    /// <summary>The connections that were made before the same moment.</summary>
    private sealed class Generation
    {
        public volatile bool IsSilent;
    }
}

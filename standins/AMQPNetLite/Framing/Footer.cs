using Amqp.Types;

namespace Amqp.Framing;

/// <summary>Details that can only be known after the body: hashes, signatures (3.2.9).</summary>
public sealed class Footer : DescribedMap
{
    /// <summary>An empty section.</summary>
    public Footer()
        : base(Descriptors.Footer)
    {
    }

    private protected override MapKeys KeyRule => MapKeys.SymbolsOrULongs;
}

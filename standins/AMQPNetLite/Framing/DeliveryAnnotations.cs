using Amqp.Types;

namespace Amqp.Framing;

/// <summary>Annotations for the next hop (3.2.2).</summary>
public sealed class DeliveryAnnotations : DescribedMap
{
    /// <summary>An empty section.</summary>
    public DeliveryAnnotations()
        : base(Descriptors.DeliveryAnnotations)
    {
    }

    private protected override MapKeys KeyRule => MapKeys.SymbolsOrULongs;
}

using Amqp.Types;

namespace Amqp.Framing;

/// <summary>Annotations that travel with the message (3.2.3).</summary>
public sealed class MessageAnnotations : DescribedMap
{
    /// <summary>An empty section.</summary>
    public MessageAnnotations()
        : base(Descriptors.MessageAnnotations)
    {
    }

    private protected override MapKeys KeyRule => MapKeys.SymbolsOrULongs;
}

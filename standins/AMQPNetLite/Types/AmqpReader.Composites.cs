using Amqp.Framing;

namespace Amqp.Types;

/// <summary>Fields whose type is a composite one (1.4): errors (2.8.14), delivery states (3.4).</summary>
internal ref partial struct AmqpReader
{
    private static readonly Accepted SharedAccepted = new();

    public Error ReadError() => ReadAs<Error>();

    public T ReadAs<T>()
        where T : DescribedList => ReadObject() as T ?? throw Malformed($"Expected a value of type {typeof(T).Name}.");

    /// <summary>A delivery state; null for one of a kind that we do not know, such as a transaction's.</summary>
    public DeliveryState ReadDeliveryState()
    {
        // Nearly every state that a broker sends is "accepted": three bytes and an empty list.
        if (Rest is [FormatCode.Described, FormatCode.SmallULong, 0x24, FormatCode.List0, ..])
        {
            Take(4);
            return SharedAccepted;
        }

        return ReadObject() switch
        {
            DeliveryState state => state,
            DescribedValue => null,
            _ => throw Malformed("Expected a delivery state."),
        };
    }
}

using Amqp.Types;

namespace Amqp.Framing;

/// <summary>The message is invalid and will never be taken (3.4.3).</summary>
public sealed class Rejected : Outcome
{
    private Error _error;

    /// <summary>A rejected with no field set.</summary>
    public Rejected()
        : base(Descriptors.Rejected, 1)
    {
    }

    /// <summary>Why.</summary>
    public Error Error
    {
        get => Get(0, _error);
        set => Set(0, ref _error, value);
    }

    internal override void EncodeField(int index, ByteBuffer buffer)
    {
        switch (index)
        {
            case 0: _error.Encode(buffer); break;
        }
    }

    internal override void DecodeField(int index, ref AmqpReader reader)
    {
        switch (index)
        {
            case 0: Error = reader.ReadError(); break;
        }
    }
}

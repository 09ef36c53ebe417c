namespace Amqp.Framing;

/// <summary>What the body of a frame begins with (2.7).</summary>
internal interface IPerformative
{
    void Write(ByteBuffer buffer);
}

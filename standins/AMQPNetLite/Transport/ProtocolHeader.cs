namespace Amqp.Transport;

/// <summary>
/// The eight bytes with which each side says what it is going to speak (2.2): "AMQP", a protocol id, and the version 1.0.0.
/// </summary>
internal static class ProtocolHeader
{
    public const int Size = 8;

    public static readonly byte[] Amqp = [.. "AMQP"u8, 0, 1, 0, 0];
    public static readonly byte[] Sasl = [.. "AMQP"u8, 3, 1, 0, 0];
}

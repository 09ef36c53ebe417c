namespace StandIns.Tests.Amqp;

/// <summary>The descriptors of frames (2.7, 5.3.3) and outcomes (3.4), written down again: the library's own could be wrong.</summary>
internal static class Code
{
    public const ulong Open = 0x10;
    public const ulong Begin = 0x11;
    public const ulong Attach = 0x12;
    public const ulong Flow = 0x13;
    public const ulong Transfer = 0x14;
    public const ulong Disposition = 0x15;
    public const ulong Detach = 0x16;
    public const ulong End = 0x17;
    public const ulong Close = 0x18;
    public const ulong Rejected = 0x25;
    public const ulong SaslMechanisms = 0x40;
    public const ulong SaslInit = 0x41;
    public const ulong SaslOutcome = 0x44;
}

using Amqp.Framing;
using Amqp.Types;

namespace ReceiverService.Tests.DeadLetters;

/// <summary>One application property for each simple type of AMQP that the client knows.</summary>
internal static class AnyProperties
{
    public static void AddTo(ApplicationProperties properties)
    {
        properties["bool"] = true;
        properties["ubyte"] = (byte)200;
        properties["ushort"] = (ushort)60000;
        properties["uint"] = 4_000_000_000;
        properties["ulong"] = ulong.MaxValue;
        properties["byte"] = (sbyte)-100;
        properties["short"] = (short)-30000;
        properties["int"] = -2_000_000_000;
        properties["long"] = -5_000_000_000;
        properties["float"] = 1.5f;
        properties["double"] = -2.25;
        properties["nan"] = double.NaN;
        properties["char"] = 'x';
        properties["time"] = new DateTime(2026, 1, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        properties["uuid"] = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
        properties["binary"] = new byte[] { 1, 2, 255 };
        properties["string"] = "text\0";
        properties["symbol"] = new Symbol("sym");
        properties["nothing"] = null;
    }
}

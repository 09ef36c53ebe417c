namespace StandIns.Tests.Amqp;

/// <summary>Some tests say more the longer they run: with OUTBOXDEMO_LONG_TESTS=1 they take their time.</summary>
internal static class LongTests
{
    public static bool AreOn => Environment.GetEnvironmentVariable("OUTBOXDEMO_LONG_TESTS") == "1";

    public static T Choose<T>(T usually, T whenLong) => AreOn ? whenLong : usually;
}

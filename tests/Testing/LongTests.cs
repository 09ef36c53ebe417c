namespace Testing;

/// <summary>Some tests say more the longer they run: with OUTBOXDEMO_LONG_TESTS=1 they take their time, and those that take minutes run at all.</summary>
public static class LongTests
{
    public const string Reason = "Takes minutes: set OUTBOXDEMO_LONG_TESTS=1.";

    public static bool AreOn => Environment.GetEnvironmentVariable("OUTBOXDEMO_LONG_TESTS") == "1";

    public static T Choose<T>(T usually, T whenLong) => AreOn ? whenLong : usually;
}

namespace Testing;

/// <summary>Long tests. With OUTBOXDEMO_LONG_TESTS=1, tests that take minutes run, and some other tests do more.</summary>
public static class LongTests
{
    public const string Reason = "Takes minutes: set OUTBOXDEMO_LONG_TESTS=1.";

    public static bool AreOn => Environment.GetEnvironmentVariable("OUTBOXDEMO_LONG_TESTS") == "1";

    public static T Choose<T>(T usually, T whenLong) => AreOn ? whenLong : usually;
}

namespace Tests.Harness;

/// <summary>Some tests say more the more there is to do: with OUTBOXDEMO_LONG_TESTS=1 they take their time.</summary>
public static class LongTests
{
    public static bool AreOn => Environment.GetEnvironmentVariable("OUTBOXDEMO_LONG_TESTS") == "1";

    /// <summary>The number for long tests, or else a smaller one.</summary>
    public static int OrFewer(int many, int few) => AreOn ? many : few;
}

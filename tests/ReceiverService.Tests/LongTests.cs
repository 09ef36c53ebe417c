using Xunit;

namespace ReceiverService.Tests;

/// <summary>With OUTBOXDEMO_LONG_TESTS=1 outages last as long, and tables are as big, as in earnest.</summary>
internal static class LongTests
{
    public static bool AreOn => Environment.GetEnvironmentVariable("OUTBOXDEMO_LONG_TESTS") == "1";
}

/// <summary>A test that is worth its minutes only now and then.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = LongTests.AreOn ? null : "Takes minutes: set OUTBOXDEMO_LONG_TESTS=1.";
}

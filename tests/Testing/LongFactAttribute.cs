using Xunit;

namespace Testing;

/// <summary>A test that takes minutes. It runs only with OUTBOXDEMO_LONG_TESTS=1.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = LongTests.AreOn ? null : LongTests.Reason;
}

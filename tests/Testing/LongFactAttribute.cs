using Xunit;

namespace Testing;

/// <summary>A test that is worth its minutes only now and then.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = LongTests.AreOn ? null : LongTests.Reason;
}

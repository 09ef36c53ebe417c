namespace Testing;

/// <summary>A test with rhea, and says so where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RheaFactAttribute : Xunit.FactAttribute
{
    public RheaFactAttribute() => Skip = ForeignRuntime.Rhea is null ? ForeignRuntime.RheaIsMissing : null;
}

/// <summary>A test with Apache Qpid Proton, and says so where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProtonFactAttribute : Xunit.FactAttribute
{
    public ProtonFactAttribute() => Skip = ForeignRuntime.Proton is null ? ForeignRuntime.ProtonIsMissing : null;
}

namespace Testing;

/// <summary>A test that needs rhea. It is skipped if rhea is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RheaFactAttribute : Xunit.FactAttribute
{
    public RheaFactAttribute() => Skip = ForeignRuntime.Rhea is null ? ForeignRuntime.RheaIsMissing : null;
}

/// <summary>A test that needs Apache Qpid Proton. It is skipped if Proton is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProtonFactAttribute : Xunit.FactAttribute
{
    public ProtonFactAttribute() => Skip = ForeignRuntime.Proton is null ? ForeignRuntime.ProtonIsMissing : null;
}


namespace Dashboard.Tests;

/// <summary>A test that needs a browser and the AppHost's dashboard.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DashboardFactAttribute : FactAttribute
{
    public DashboardFactAttribute() => Skip = Missing;

    /// <summary>Why it cannot run here. Null if it can.</summary>
    public static string? Missing { get; } = !OperatingSystem.IsLinux() ? "The test ends the AppHost with a signal, which needs Linux."
        : Chromium is null ? "Chromium is not installed: apt-get install chromium."
        : AppHostProcess.Missing;

    public static string? Chromium => Programs.Find("chromium") ?? Programs.Find("chromium-browser") ?? Programs.Find("google-chrome");
}

/// <summary>The same for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DashboardTheoryAttribute : TheoryAttribute
{
    public DashboardTheoryAttribute() => Skip = DashboardFactAttribute.Missing ?? Axe.Missing;
}


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

    public static string? Chromium => OnPath("chromium") ?? OnPath("chromium-browser") ?? OnPath("google-chrome");

    private static string? OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}

/// <summary>The same for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DashboardTheoryAttribute : TheoryAttribute
{
    public DashboardTheoryAttribute() => Skip = DashboardFactAttribute.Missing ?? Axe.Missing;
}

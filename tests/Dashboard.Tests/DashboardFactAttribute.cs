
namespace Dashboard.Tests;

/// <summary>Needs a browser, and a dashboard to look at.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DashboardFactAttribute : FactAttribute
{
    public DashboardFactAttribute() => Skip = Missing;

    /// <summary>Why it cannot run here; null if it can.</summary>
    public static string? Missing { get; } = !OperatingSystem.IsLinux() ? "The AppHost is ended by a signal, as on Linux."
        : Chromium is null ? "Chromium is not installed: apt-get install chromium."
        : AppHostProcess.Missing;

    public static string? Chromium => OnPath("chromium") ?? OnPath("chromium-browser") ?? OnPath("google-chrome");

    private static string? OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}

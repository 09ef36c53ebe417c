using System.Reflection;
using Tests.Harness;

namespace Dashboard.Tests;

/// <summary>Needs a browser, and a dashboard to look at.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DashboardFactAttribute : FactAttribute
{
    public DashboardFactAttribute() => Skip = Missing;

    /// <summary>Why it cannot run here; null if it can.</summary>
    public static string? Missing { get; } = !OperatingSystem.IsLinux() ? "The AppHost is ended by a signal, as on Linux."
        : Chromium is null ? "Chromium is not installed: apt-get install chromium."
        : NeedsAspireCli && !HasAspireCli ? "There is no Aspire CLI, and so no dashboard: dotnet run demo.cs doctor says how to get it."
        : AppHostProcess.Missing;

    public static string? Chromium => OnPath("chromium") ?? OnPath("chromium-browser") ?? OnPath("google-chrome");

    private static bool NeedsAspireCli => typeof(DashboardFactAttribute).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Any(metadata => metadata is { Key: "UseStandIns", Value.Length: > 0 });

    private static bool HasAspireCli => OnPath("aspire") is not null
        || (Directory.Exists(Solution.PathOf("artifacts/tools/node_modules/@microsoft"))
            && Directory.EnumerateFiles(Solution.PathOf("artifacts/tools/node_modules/@microsoft"), "aspire", SearchOption.AllDirectories).Any());

    private static string? OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}

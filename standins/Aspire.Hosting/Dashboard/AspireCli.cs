using System.Runtime.InteropServices;

namespace Aspire.Hosting.Dashboard;

/// <summary>Finds the Aspire CLI, which contains the dashboard.</summary>
internal static class AspireCli
{
    /// <summary>Where npm puts it, seen from the root of the solution.</summary>
    private static readonly string ToolsFolder = Path.Combine("artifacts", "tools", "node_modules", "@microsoft");

    /// <summary>One line for who has none.</summary>
    public static string HowToInstall => OperatingSystem.IsLinux()
        ? $"dotnet run demo.cs up, or npm install --prefix artifacts/tools @microsoft/aspire-cli-linux-{Architecture}"
        : "dotnet run demo.cs up, or install the Aspire CLI (https://aspire.dev)";

    private static string Architecture => RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    private static string FileName => OperatingSystem.IsWindows() ? "aspire.exe" : "aspire";

    /// <returns>Null if there is none.</returns>
    public static string? Find(string appHostDirectory) => Find(appHostDirectory, Environment.GetEnvironmentVariable("PATH"));

    /// <summary>The one fetched for this solution comes first: it is known to have a dashboard, which older ones have not.</summary>
    internal static string? Find(string appHostDirectory, string? path) =>
        InTools(appHostDirectory).Concat(OnPath(path)).FirstOrDefault(File.Exists);

    private static IEnumerable<string> InTools(string appHostDirectory)
    {
        for (var folder = new DirectoryInfo(appHostDirectory); folder is not null; folder = folder.Parent)
        {
            var tools = Path.Combine(folder.FullName, ToolsFolder);
            if (Directory.Exists(tools))
            {
                foreach (var package in Directory.EnumerateDirectories(tools, "aspire-cli-*").Order(StringComparer.Ordinal))
                {
                    yield return Path.Combine(package, "bin", FileName);
                }
            }
        }
    }

    private static IEnumerable<string> OnPath(string? path) =>
        (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, FileName));
}

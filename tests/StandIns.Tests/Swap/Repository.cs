using System.Text.RegularExpressions;

namespace StandIns.Tests.Swap;

/// <summary>The files that the swap is made of.</summary>
internal static partial class Repository
{
    public static string Root { get; } = Above(AppContext.BaseDirectory);

    /// <summary>The ids of the packages that have a stand-in.</summary>
    public static IReadOnlySet<string> StandIns { get; } =
        Directory.GetFiles(Path.Combine(Root, "standins"), "*.csproj", SearchOption.AllDirectories)
            .Select(project => Path.GetFileNameWithoutExtension(project)).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The paths of the solution's projects that name a package with a stand-in.</summary>
    public static IEnumerable<string> Projects { get; } =
    [
        .. ProjectPath().Matches(File.ReadAllText(Path.Combine(Root, "OutboxDemo.sln")))
            .Select(match => match.Groups[1].Value.Replace('\\', '/'))
            .Where(project => StandIns.Any(File.ReadAllText(Path.Combine(Root, project)).Contains)),
    ];

    private static string Above(string folder) => File.Exists(Path.Combine(folder, "OutboxDemo.sln"))
        ? folder
        : Above(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository."));

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex ProjectPath();
}

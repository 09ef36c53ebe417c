using System.Text.Json;

namespace Aspire.Hosting.Processes.Projects;

/// <summary>A launch profile and its name.</summary>
internal sealed record NamedLaunchProfile(string Name, LaunchProfile Profile)
{
    public IReadOnlyDictionary<string, string> EnvironmentVariables => Profile.EnvironmentVariables;

    public IEnumerable<Uri> ApplicationUrls => (Profile.ApplicationUrl ?? string.Empty)
        .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(url => new Uri(url))
        .DistinctBy(url => url.Scheme);
}

/// <summary>Reads the launch profiles of a project.</summary>
internal static class LaunchProfiles
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The profile of that name or, unless it is required, the first one that starts the project.</summary>
    public static NamedLaunchProfile? Find(IProjectMetadata project, string? name, bool required)
    {
        if (!File.Exists(project.ProjectPath))
        {
            throw new DistributedApplicationException($"Project file '{project.ProjectPath}' was not found.");
        }

        var profiles = (project.LaunchSettings ?? Read(project.ProjectPath))?.Profiles ?? [];
        if (name is not null && profiles.TryGetValue(name, out var named))
        {
            return new NamedLaunchProfile(name, named);
        }

        if (required)
        {
            throw new DistributedApplicationException($"The launch profile '{name}' of the project '{project.ProjectPath}' was not found.");
        }

        return profiles
            .Where(profile => string.Equals(profile.Value.CommandName, "Project", StringComparison.OrdinalIgnoreCase))
            .Select(profile => new NamedLaunchProfile(profile.Key, profile.Value))
            .FirstOrDefault();
    }

    /// <summary>The project file itself, or the only one in a folder.</summary>
    public static string ProjectFile(string path) =>
        Directory.Exists(path) && Directory.GetFiles(path, "*.csproj") is [var only] ? only : path;

    private static LaunchSettings? Read(string projectPath)
    {
        var path = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(path), Json);
        }
        catch (JsonException exception)
        {
            throw new DistributedApplicationException($"'{path}' is not valid JSON: {exception.Message}", exception);
        }
    }
}

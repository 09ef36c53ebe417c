using System.Reflection;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting.Processes;

/// <summary>What the build wrote into the AppHost's assembly (AppHost.targets).</summary>
internal static class AppHostMetadata
{
    private const string ProjectDirectoryKey = "apphostprojectpath";
    private const string TargetPathPrefix = "projectoutput:";

    public static string? ProjectDirectory(Assembly? appHost) => Value(appHost, ProjectDirectoryKey);

    /// <summary>The assembly that the build of a project made; null if the AppHost does not reference the project.</summary>
    public static string? TargetPath(Assembly? appHost, string projectPath) => Value(appHost, TargetPathPrefix + Path.GetFullPath(projectPath));

    public static string? UserSecretsId(Assembly? appHost) => appHost?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId;

    private static string? Value(Assembly? assembly, string key) => assembly?
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => string.Equals(attribute.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;
}

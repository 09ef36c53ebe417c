using System.Diagnostics;
using System.Reflection;

namespace Aspire.Hosting.Processes.Projects;

/// <summary>Finds the assembly that the build of a project made.</summary>
internal sealed class ProjectOutput(Assembly? appHost)
{
    public async Task<string> FindAsync(string projectPath, CancellationToken cancellationToken)
    {
        var path = AppHostMetadata.TargetPath(appHost, projectPath) ?? await AskBuildAsync(projectPath, cancellationToken);
        return File.Exists(path)
            ? path
            : throw new StartFailureException($"The project {projectPath} is not built: run 'dotnet build' on it first.");
    }

    // For a project that the AppHost names by its path only; takes about a second.
    private async Task<string> AskBuildAsync(string projectPath, CancellationToken cancellationToken)
    {
        // As the AppHost was built, so is what it runs.
        var configuration = appHost?.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";
        var start = new ProcessStartInfo(
            DotNetHost.Path, ["msbuild", projectPath, "-getProperty:TargetPath", $"-property:Configuration={configuration}", "-nologo"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(projectPath)!,
        };
        // An MSBuild of another SDK must not leave its traces: `dotnet test` and `dotnet run` set these for themselves.
        foreach (var variable in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(variable);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? (await output).Trim()
            : throw new StartFailureException($"The output of {projectPath} could not be found: {(await output).Trim()}{(await errors).Trim()}");
    }
}

/// <summary>The `dotnet` program that runs assemblies.</summary>
internal static class DotNetHost
{
    public static string Path { get; } =
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path && File.Exists(path) ? path
        : System.IO.Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath!
        : FromRuntime() ?? "dotnet";

    // <root>/shared/Microsoft.NETCore.App/<version>/System.Private.CoreLib.dll
    private static string? FromRuntime()
    {
        var root = System.IO.Path.GetDirectoryName(typeof(object).Assembly.Location);
        for (var i = 0; i < 3 && root is not null; i++)
        {
            root = System.IO.Path.GetDirectoryName(root);
        }

        var path = root is null ? null : System.IO.Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(path) ? path : null;
    }
}

using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes.Projects;

/// <summary>Runs a project as its build left it: `dotnet &lt;assembly&gt;`, so that the process that is shown is the service
/// itself.</summary>
internal sealed class ProjectLauncher(ProjectOutput output, ProcessStarter processes) : ILauncher
{
    public bool CanLaunch(IResource resource) => resource is ProjectResource;

    public void Check(IResource resource)
    {
        // Whether the project is built is found out at its start: it may be built meanwhile.
    }

    public bool Serves(IResource resource, EndpointAnnotation endpoint) => true;

    public async Task<RunningResource> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        var projectPath = request.Resource.Annotations.OfType<IProjectMetadata>().Last().ProjectPath;
        var assembly = await output.FindAsync(projectPath, cancellationToken);
        var process = processes.Start(
            new ProcessSpec
            {
                FileName = DotNetHost.Path,
                Arguments = [assembly, .. request.Arguments],
                // As `dotnet run` does, so that appsettings.json is the one in the source.
                WorkingDirectory = Path.GetDirectoryName(projectPath)!,
                Environment = InheritedEnvironment.With(request.Environment),
            },
            request.Log);

        return new RunningResource
        {
            Main = process,
            Properties =
            [
                new(KnownProperties.ProjectPath, projectPath),
                new(KnownProperties.ExecutablePath, DotNetHost.Path),
                new(KnownProperties.ExecutableArgs, string.Join(' ', [assembly, .. request.Arguments])),
                new(KnownProperties.ExecutableWorkDir, Path.GetDirectoryName(projectPath)),
                new(KnownProperties.ExecutablePid, process.Id),
            ],
        };
    }
}

using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Processes.Running;

/// <summary>Runs a program as it is.</summary>
internal sealed class ExecutableLauncher(ProcessStarter processes) : ILauncher
{
    public bool CanLaunch(IResource resource) => resource is ExecutableResource;

    public void Check(IResource resource) => Find((ExecutableResource)resource);

    public bool Serves(IResource resource, EndpointAnnotation endpoint) => true;

    public Task<RunningResource> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        var executable = (ExecutableResource)request.Resource;
        var program = Find(executable);
        var process = processes.Start(
            new ProcessSpec
            {
                FileName = program,
                Arguments = request.Arguments,
                WorkingDirectory = executable.WorkingDirectory,
                Environment = InheritedEnvironment.With(request.Environment),
            },
            request.Log);

        return Task.FromResult(new RunningResource
        {
            Main = process,
            Properties =
            [
                new(KnownProperties.ExecutablePath, program),
                new(KnownProperties.ExecutableArgs, string.Join(' ', request.Arguments)),
                new(KnownProperties.ExecutableWorkDir, executable.WorkingDirectory),
                new(KnownProperties.ExecutablePid, process.Id),
            ],
        });
    }

    private static string Find(ExecutableResource executable)
    {
        var inWorkingDirectory = Path.GetFullPath(executable.Command, executable.WorkingDirectory);
        return (File.Exists(inWorkingDirectory) ? inWorkingDirectory : Programs.Find(executable.Command))
            ?? throw new StartFailureException(
                $"The program '{executable.Command}' of '{executable.Name}' was not found: install it, or put its folder on the PATH.");
    }
}

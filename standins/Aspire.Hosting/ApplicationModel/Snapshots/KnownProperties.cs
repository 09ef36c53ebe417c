namespace Aspire.Hosting.ApplicationModel;

/// <summary>The names of the properties in a snapshot.</summary>
internal static class KnownProperties
{
    public const string Source = "resource.source";
    public const string ConnectionString = "resource.connectionString";
    public const string ExitCode = "resource.exitCode";
    public const string ParentName = "resource.parentName";
    public const string ContainerImage = "container.image";
    public const string ContainerId = "container.id";
    public const string ExecutablePath = "executable.path";
    public const string ExecutableWorkDir = "executable.workDir";
    public const string ExecutableArgs = "executable.args";
    public const string ExecutablePid = "executable.pid";
    public const string ProjectPath = "project.path";
    public const string ProjectLaunchProfile = "project.launchProfile";

    // How a container runs as local processes.
    public const string Program = "Program";
    public const string DataFolder = "Data folder";
    public const string Process = "Process";
    public const string Note = "Note";

    public const string ParameterValue = "Value";
}

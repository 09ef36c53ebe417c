using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Projects;

namespace Aspire.Hosting;

public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project that the AppHost references, with the endpoints and the environment of its launch profile.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name)
        where TProject : IProjectMetadata, new() => Add(builder, name, new TProject(), new ProjectResourceOptions());

    /// <inheritdoc cref="AddProject{TProject}(IDistributedApplicationBuilder, string)" />
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string? launchProfileName)
        where TProject : IProjectMetadata, new() => Add(builder, name, new TProject(), Options(launchProfileName));

    /// <summary>Adds a project by its path, relative to the AppHost's.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string projectPath) =>
        Add(builder, name, new ProjectAt(builder, projectPath), new ProjectResourceOptions());

    /// <inheritdoc cref="AddProject(IDistributedApplicationBuilder, string, string)" />
    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string projectPath, string? launchProfileName) =>
        Add(builder, name, new ProjectAt(builder, projectPath), Options(launchProfileName));

    private static ProjectResourceOptions Options(string? launchProfileName) =>
        new() { LaunchProfileName = launchProfileName, ExcludeLaunchProfile = launchProfileName is null };

    private static IResourceBuilder<ProjectResource> Add(
        IDistributedApplicationBuilder builder, string name, IProjectMetadata metadata, ProjectResourceOptions options)
    {
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(metadata);
        var profile = options.ExcludeLaunchProfile
            ? null
            : LaunchProfiles.Find(
                metadata,
                options.LaunchProfileName ?? builder.Configuration["DOTNET_LAUNCH_PROFILE"],
                required: options.LaunchProfileName is not null);
        if (profile is null)
        {
            return project.WithAnnotation<ExcludeLaunchProfileAnnotation>();
        }

        project.WithAnnotation(new LaunchProfileAnnotation(profile.Name));
        foreach (var url in profile.ApplicationUrls)
        {
            project.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, url.Scheme, port: url.Port == 0 ? null : url.Port));
        }

        foreach (var (variable, value) in profile.EnvironmentVariables)
        {
            project.WithEnvironment(variable, value);
        }

        return project;
    }

    private sealed class ProjectAt(IDistributedApplicationBuilder builder, string projectPath) : IProjectMetadata
    {
        public string ProjectPath { get; } = LaunchProfiles.ProjectFile(Path.GetFullPath(projectPath, builder.AppHostDirectory));
    }
}

internal sealed class ProjectResourceOptions
{
    public string? LaunchProfileName { get; init; }

    public bool ExcludeLaunchProfile { get; init; }
}

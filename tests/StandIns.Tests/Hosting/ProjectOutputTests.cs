using Aspire.Hosting.Processes.Projects;
using Aspire.Hosting.Processes.Volumes;

namespace StandIns.Tests.Hosting;

public sealed class ProjectOutputTests
{
    [Fact]
    public async Task The_build_tells_where_the_output_of_a_project_is_that_nobody_references()
    {
        var assembly = typeof(ProjectOutputTests).Assembly;
        var project = Path.Combine(LocalFolder.SolutionFolder(AppContext.BaseDirectory), "tests", "StandIns.Tests", "StandIns.Tests.csproj");

        Assert.Equal(assembly.Location, await new ProjectOutput(assembly).FindAsync(project, CancellationToken.None));
    }
}

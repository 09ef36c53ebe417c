namespace StandIns.Tests.Swap;

/// <summary>Checks by evaluation what a machine that lacks packages or a container engine cannot build in all three ways.</summary>
public sealed class SwapTests(AspireSdk sdk) : IClassFixture<AspireSdk>
{
    public static TheoryData<string> Projects => [.. Repository.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public async Task A_project_references_the_stand_ins_that_its_machine_needs_in_place_of_their_packages(string project)
    {
        var evaluations = await Task.WhenAll(
            Evaluated.ProjectAsync(project, "", sdk), Evaluated.ProjectAsync(project, "hosting", sdk), Evaluated.ProjectAsync(project, "all", sdk));
        var (asWritten, hosting, all) = (evaluations[0], evaluations[1], evaluations[2]);
        var swappable = asWritten.Packages.Intersect(Repository.StandIns).ToList();

        Assert.Empty(asWritten.Projects.Intersect(Repository.StandIns));
        AssertSwapped(asWritten, hosting, swappable.Where(package => package.StartsWith("Aspire.Hosting", StringComparison.Ordinal)));
        AssertSwapped(asWritten, all, swappable);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("hosting", false)]
    [InlineData("all", false)]
    public async Task The_AppHost_uses_the_SDK_of_Aspire_where_nothing_is_swapped_and_only_there(string useStandIns, bool usesSdk)
    {
        var appHost = await Evaluated.ProjectAsync("AppHost/AppHost.csproj", useStandIns, sdk);

        Assert.Equal(usesSdk, appHost.UsesAspireSdk);
    }

    [Fact]
    public async Task Each_stand_in_takes_the_place_of_a_package_that_the_solution_references()
    {
        var asWritten = await Task.WhenAll(Repository.Projects.Select(project => Evaluated.ProjectAsync(project, "", sdk)));

        // Aspire.Hosting itself comes along with the packages that extend it.
        Assert.Equal(["Aspire.Hosting"], Repository.StandIns.Except(asWritten.SelectMany(project => project.Packages)));
    }

    private static void AssertSwapped(Evaluated before, Evaluated after, IEnumerable<string> expected)
    {
        var swapped = expected.Order().ToList();
        Assert.Equal(swapped, after.Projects.Except(before.Projects).Order());
        Assert.Empty(before.Projects.Except(after.Projects));
        Assert.Empty(after.Packages.Intersect(swapped));
        Assert.Empty(after.Packages.Except(before.Packages));
    }
}

using Aspire.Hosting.Dashboard;

namespace StandIns.Tests.Dashboard;

public sealed class AspireCliTests : IDisposable
{
    private readonly DirectoryInfo _solution = Directory.CreateTempSubdirectory();

    private static string FileName => OperatingSystem.IsWindows() ? "aspire.exe" : "aspire";

    private string AppHost => _solution.CreateSubdirectory("AppHost").FullName;

    public void Dispose() => _solution.Delete(recursive: true);

    [Fact]
    public void The_one_that_was_fetched_for_the_solution_is_found_from_the_AppHost()
    {
        var fetched = Create("artifacts/tools/node_modules/@microsoft/aspire-cli-some-machine/bin");
        var onPath = Create("path");

        Assert.Equal(fetched, AspireCli.Find(AppHost, Path.GetDirectoryName(onPath)));
    }

    [Fact]
    public void One_on_the_path_is_found()
    {
        var onPath = Create("path");

        Assert.Equal(onPath, AspireCli.Find(AppHost, $"{AppHost}{Path.PathSeparator}{Path.GetDirectoryName(onPath)}"));
    }

    [Fact]
    public void None_is_no_error() => Assert.Null(AspireCli.Find(AppHost, path: null));

    private string Create(string folder)
    {
        var path = Path.Combine(_solution.CreateSubdirectory(folder).FullName, FileName);
        File.WriteAllText(path, "");
        return path;
    }
}

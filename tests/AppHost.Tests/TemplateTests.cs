using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AppHost.Tests;

/// <summary>The solution as a template of <c>dotnet new</c>, the start of another system.</summary>
public sealed partial class TemplateTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromHours(1);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"template-{Guid.NewGuid():N}");

    private string Shop => Path.Combine(_folder, "Shop");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_new_solution_has_its_own_names_throughout()
    {
        await CreateShopAsync();
        foreach (var path in (string[])["Shop.sln", "ShopSender/Orders/Order.cs", "ShopReceiver/Orders/OrderProjection.cs"])
        {
            Assert.True(File.Exists(Path.Combine(Shop, path)), path);
        }

        foreach (var file in Directory.EnumerateFiles(Shop, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotMatch(OldName(), Path.GetRelativePath(Shop, file));

            // The license names those who wrote the template.
            if (Path.GetFileName(file) != "LICENSE")
            {
                var line = Array.Find(await File.ReadAllLinesAsync(file), OldName().IsMatch);
                Assert.True(line is null, $"{file}: {line}");
            }
        }
    }

    [Fact]
    public async Task The_scripts_of_a_new_solution_can_be_run()
    {
        await CreateShopAsync();
        string[] scripts = [.. Directory.GetFiles(Path.Combine(Shop, "AppHost/Infrastructure/Scripts")), Path.Combine(Shop, ".ci/run")];
        foreach (var script in scripts)
        {
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute), script);
        }
    }

    [LongFact]
    public async Task A_new_solution_builds_without_warnings_and_its_services_pass_their_tests()
    {
        await CreateShopAsync();
        string[] noServers = ["-p:UseSharedCompilation=false", "-nodeReuse:false"];
        await DotnetAsync(Shop, ["build", "Shop.sln", "-warnaserror", .. noServers]);
        foreach (var tests in (string[])["tests/ShopSender.Tests", "tests/ShopReceiver.Tests"])
        {
            await DotnetAsync(Shop, ["test", tests, "--no-build"]);
        }
    }

    private async Task CreateShopAsync()
    {
        // Other users may enter it: PostgreSQL refuses to run as root.
        Directory.CreateDirectory(_folder);

        // Its own copy: dotnet reads each file of the folder, also what the template leaves out. Other tests have their databases there.
        var template = Path.Combine(_folder, "template");
        CopySources(new DirectoryInfo(Solution.PathOf(".")), template);

        // Templates of their own, so that the user's are left alone.
        string[] hive = ["--debug:custom-hive", Path.Combine(_folder, "templates")];
        await DotnetAsync(_folder, ["new", "install", template, .. hive]);
        await DotnetAsync(_folder, ["new", "outbox", "-n", "Shop", "--entity", "Order", "-o", Shop, .. hive]);
    }

    private static void CopySources(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.EnumerateFiles())
        {
            file.CopyTo(Path.Combine(to, file.Name));
        }

        foreach (var folder in from.EnumerateDirectories().Where(folder => folder.Name is not (".git" or ".local" or "artifacts")))
        {
            CopySources(folder, Path.Combine(to, folder.Name));
        }
    }

    [GeneratedRegex(@"entity[-_]?items?\b|EntityItem|outbox-?demo|\bSenderService|\bReceiverService", RegexOptions.IgnoreCase)]
    private static partial Regex OldName();

    /// <summary>Runs dotnet. Its exit code must be 0.</summary>
    private static async Task DotnetAsync(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder };
        var (exitCode, output, error) = await Programs.RunAsync(start, Deadline);
        Assert.True(exitCode == 0, $"{output}{error}");
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace StandIns.Tests.Swap;

/// <summary>What MSBuild makes of a project, without building or restoring it.</summary>
internal sealed class Evaluated
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    // An evaluation takes most of a second, and several tests ask for the same.
    private static readonly ConcurrentDictionary<(string Project, string UseStandIns), Lazy<Task<Evaluated>>> Known = new();

    private Evaluated(JsonElement json)
    {
        var items = json.GetProperty("Items");
        Packages = Identities(items.GetProperty("PackageReference")).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Projects = Identities(items.GetProperty("ProjectReference"))
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))).ToHashSet(StringComparer.OrdinalIgnoreCase);
        UsesAspireSdk = json.GetProperty("Properties").GetProperty(AspireSdk.Mark).GetString() == "true";
    }

    /// <summary>The ids of the packages that it references.</summary>
    public IReadOnlySet<string> Packages { get; }

    /// <summary>The names of the projects that it references.</summary>
    public IReadOnlySet<string> Projects { get; }

    /// <summary>Whether both files of Aspire.AppHost.Sdk were imported.</summary>
    public bool UsesAspireSdk { get; }

    /// <param name="project">The path of the project in the repository.</param>
    /// <param name="useStandIns">The value of the property UseStandIns: empty, <c>hosting</c> or <c>all</c>.</param>
    /// <param name="sdk">Where MSBuild finds Aspire.AppHost.Sdk on a machine whose feed lacks it.</param>
    public static Task<Evaluated> ProjectAsync(string project, string useStandIns, AspireSdk sdk) =>
        Known.GetOrAdd((project, useStandIns), _ => new(() => EvaluateAsync(project, useStandIns, sdk))).Value;

    private static async Task<Evaluated> EvaluateAsync(string project, string useStandIns, AspireSdk sdk)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            // A property of the command line wins over what demo.cs wrote for this machine.
            ArgumentList =
            {
                "msbuild", project, $"-property:UseStandIns={useStandIns}", "-nodeReuse:false",
                "-getItem:PackageReference,ProjectReference", $"-getProperty:UseStandIns,{AspireSdk.Mark}",
            },
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NUGET_PACKAGES"] = sdk.Packages;

        using var timeout = new CancellationTokenSource(Timeout);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var errors = process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        Assert.True(process.ExitCode == 0, $"{project} cannot be evaluated: {await output}{await errors}");

        using var json = JsonDocument.Parse(await output);
        return new Evaluated(json.RootElement);
    }

    private static IEnumerable<string> Identities(JsonElement items) =>
        items.EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!);
}

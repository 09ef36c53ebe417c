#!/usr/bin/env dotnet
#:property PublishAot=false
#:property UseSharedCompilation=false

// Installs what is missing on this machine. Then it does the same as `dotnet run --project AppHost` or `dotnet test`.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Shell.WaitForChild);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Shell.WaitForChild);
Environment.CurrentDirectory = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;
// Aspire starts the services with the dotnet that it finds on the PATH.
var sdk = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
Environment.SetEnvironmentVariable("PATH", string.Join(Path.PathSeparator, [.. Shell.Path, sdk]));
try
{
    return args switch
    {
        ["up", .. var rest] => Run("AppHost", "Debug", rest),
        ["test", .. var rest] => new TestRun().Run(rest),
        ["doctor"] => Doctor(),
        ["bench", .. var rest] => Run("tests/Benchmarks", "Release", rest),
        ["faults", .. var rest] => Run("tests/Faults", "Release", rest),
        _ => throw new CannotGoOnException("""
            dotnet run demo.cs up      install what is missing, build, and run the whole system
            dotnet run demo.cs test    run every test that can run here; takes --filter <expression> like `dotnet test`
            dotnet run demo.cs doctor  show what was found on this machine, and what would be used
            dotnet run demo.cs bench   run the benchmarks
            dotnet run demo.cs faults  break things under load, then compare both ends; takes --minutes 30 --seed 7, or --mutants

            --Demo:Infrastructure=containers or =processes makes the choice. The default is containers if an engine answers.
            All other arguments go to the program itself, for example: up --Demo:Senders=2
            """),
    };
}
catch (Exception reason) when (reason is CannotGoOnException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(reason.Message);
    return Shell.FailureCode;
}

static int Run(string project, string configuration, string[] args) => !Directory.Exists(project)
    ? throw new CannotGoOnException($"There is nothing to run: {project} does not exist.")
    : Shell.Run(["dotnet", "run", "--project", project, "-c", configuration, "--disable-build-servers", "--", .. Setup.Complete(args)]);

static int Doctor()
{
    Row(".NET SDK", Find.Program("dotnet", "--version"), "none on the PATH");
    Row("Containers", Find.ContainerEngine(), "no engine answers");
    Row("PostgreSQL", Find.PostgreSql(), "none");
    Row("Artemis", Find.Artemis(), "none: ARTEMIS_HOME is not set");
    Row("Java", Find.Java(), "none that is 17 or newer; only Artemis needs it");
    Row("RabbitMQ", Find.RabbitMq(), "none");
    Row("npm", Find.Program("npm", "--version"), "none");
    Row("User", null, Environment.IsPrivilegedProcess ? "root" : "not root: nothing is installed on the system");
    var (follows, missing) = Setup.Survey([]);
    Console.WriteLine($"\n{follows}");
    missing.ForEach(step => Console.WriteLine($"Missing: {step.What}. {(step.Command is [] ? "Please" : "`up` runs")} {step.How}."));
    return missing.Exists(step => step.Command is []) ? 1 : 0;

    static void Row(string name, string? found, string none) => Console.WriteLine($"{name,-12} {found ?? none}");
}

// Finds programs in the same places and in the same order as the AppHost. See LocalPrograms in AppHost/Infrastructure.
internal static class Find
{
    public static readonly string NpmPackage =
        $"@embedded-postgres/linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    // Null if there is only a client, or if the engine does not answer within seconds.
    public static string? ContainerEngine() =>
        Program("docker", "info", "--format", "{{.ServerVersion}}") ?? Program("podman", "info", "--format", "{{.Version.Version}}");

    public static string? PostgreSql()
    {
        string[] folders = Named("PG_BIN", "initdb") is { } named ? [named] :
        [
            .. Shell.Path, .. Newest("/usr/lib/postgresql", "*"), .. Newest("/usr", "pgsql-*"), "/usr/local/pgsql/bin",
            Path.GetFullPath($"artifacts/tools/node_modules/{NpmPackage}/native/bin"),
        ];
        return folders.FirstOrDefault(folder => Shell.Which("initdb", folder) is not null && Shell.Which("postgres", folder) is not null)
            is { } bin ? Program(Path.Combine(bin, "postgres"), "--version") : null;
    }

    public static string? Artemis() => Named("ARTEMIS_HOME", "bin/artemis");
    public static string? Java() =>
        Program(Named("JAVA_HOME", "bin/java") is { } home ? Path.Combine(home, "bin/java") : "java", "-version") is { } java
        && int.Parse(java.Split(' ')[^1].Split('.')[0], CultureInfo.InvariantCulture) >= 17 ? java : null;
    public static string? RabbitMq() =>
        Shell.Which("rabbitmq-server", ["/usr/lib/rabbitmq/bin", "/usr/local/sbin", .. Shell.Path, "/usr/sbin"]);
    // The path and the version of a program. Null if it does not run.
    public static string? Program(string name, params string[] args) =>
        Shell.Which(name, Shell.Path) is { } path && Shell.Read(path, args, TimeSpan.FromSeconds(args is ["info", ..] ? 5 : 60)) is { } text
        && VersionIn(text) is { } version ? $"{path} {version}" : null;

    // Java may write other numbers before `version "17.0.15"`.
    private static string? VersionIn(string text) => Regex.Match(text, "(?<=version \")[0-9.]+") is { Success: true } java ? java.Value
        : Regex.Match(text, @"\d+(\.\d+)*") is { Success: true } first ? first.Value : null;

    // The folder that the user has set. A mistake in it is an error: another program would hide the mistake.
    private static string? Named(string variable, string program) =>
        Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } folder ? null
        : File.Exists(Path.Combine(folder, program)) ? Path.GetFullPath(folder)
        : throw new CannotGoOnException($"{variable} is '{folder}', and there is no {program} in it.");

    private static IEnumerable<string> Newest(string root, string versions) => !Directory.Exists(root) ? []
        : Directory.GetDirectories(root, versions).Select(folder => Path.Combine(folder, "bin"))
            .OrderByDescending(folder => double.Parse("0" + Regex.Match(folder, @"\d+(\.\d+)?").Value, CultureInfo.InvariantCulture));
}

// Something that is missing, and how to get it: by a command, or by the user if this program may not run the command.
internal sealed record Step(string What, string How, params string[] Command);

// Makes sure that PostgreSQL and a broker are there.
internal static class Setup
{
    private const string Variable = "Demo__Infrastructure";

    // PostgreSQL 18.4. Only the name says beta. The version is fixed, because its install script is allowed to run.
    private static readonly string[] NpmInstall =
        ["npm", "install", "--prefix", "artifacts/tools", "--silent", "--ignore-scripts=false", $"{Find.NpmPackage}@18.4.0-beta.17"];

    // The script lets no service start, now (policy-rc.d answers 101, no) or with the machine. PostgreSQL's package creates no data,
    // because the AppHost has its own. The script installs the first of the packages that is available.
    private const string AptScript = """
        policy=/usr/sbin/policy-rc.d
        no_cluster=/etc/postgresql-common/createcluster.d/outbox-demo.conf
        apt() { DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" >/dev/null; }
        trap 'rm -f $policy $no_cluster; [ ! -e $policy.before ] || mv $policy.before $policy' EXIT
        trap 'exit 130' INT TERM
        [ ! -e $policy ] || mv $policy $policy.before
        printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
        mkdir -p ${no_cluster%/*} && echo 'create_main_cluster = false' >$no_cluster
        apt update || exit
        for package; do apt install $package && break; done || exit
        [ $package != rabbitmq-server ] || update-rc.d rabbitmq-server disable
        """;

    // Installs what is missing. Returns the arguments for the program itself.
    public static string[] Complete(string[] args)
    {
        var (follows, missing) = Survey(args);
        Shell.Say(follows);
        if (missing.Exists(step => step.Command is []))
        {
            throw new CannotGoOnException(string.Join('\n', missing.Select(step => $"Missing: {step.What}. Please {step.How}.")));
        }

        foreach (var step in missing)
        {
            Shell.Say($"Getting {step.What}: {step.How}");
            if (Shell.Run(step.Command) != 0)
            {
                throw new CannotGoOnException($"{step.What} could not be installed: see above.");
            }
        }

        return [.. args.Where(arg => Asked(arg) is null)];
    }

    // What would be used on this machine, and what is missing for it.
    public static (string Follows, List<Step> Missing) Survey(string[] args) => EngineFor(args) is { } engine
        ? ($"PostgreSQL and Artemis run in containers: {engine} answers", [])
        : ("PostgreSQL and the broker run as local processes", [.. Missing()]);

    // Chooses as the AppHost does. The environment passes the user's wish to the AppHost and to the tests.
    private static string? EngineFor(string[] args)
    {
        var asked = args.Select(Asked).LastOrDefault(value => value is not null) ?? Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, asked);
        var engine = asked is "processes" ? null : Find.ContainerEngine();
        return asked switch
        {
            not (null or "" or "containers" or "processes") =>
                throw new CannotGoOnException($"Demo:Infrastructure is '{asked}': set it to containers or processes, or not at all."),
            _ when engine is not null => engine,
            "containers" => throw new CannotGoOnException("You asked for containers, but no engine answers: start Docker or Podman."),
            _ when OperatingSystem.IsLinux() => null,
            _ => throw new CannotGoOnException("Only Linux works without containers: start Docker or Podman, or use WSL."),
        };
    }

    private static IEnumerable<Step> Missing()
    {
        if (Find.PostgreSql() is null)
        {
            var apt = ByApt("PostgreSQL", "or set PG_BIN to the folder of its initdb", "postgresql");
            yield return apt.Command is not [] || Find.Program("npm", "--version") is null ? apt
                : new("PostgreSQL", $"npm install {Find.NpmPackage}", NpmInstall);
        }

        if (Find.Artemis() is null && Find.RabbitMq() is null)
        {
            yield return ByApt("a broker", "or unpack Apache Artemis, install Java 17 or newer, and set ARTEMIS_HOME", "rabbitmq-server");
        }
        else if (Find.Artemis() is not null && Find.Java() is null)
        {
            yield return ByApt("Java 17 or newer, for Artemis", "or set JAVA_HOME", "openjdk-17-jre-headless", "openjdk-21-jre-headless");
        }
    }

    private static Step ByApt(string what, string other, params string[] packages) =>
        Shell.Which("apt-get", Shell.Path) is null ? new(what, $"install {packages[0]}, {other}")
        : Environment.IsPrivilegedProcess ? new(what, $"apt-get install {packages[0]}", ["sh", "-c", AptScript, "sh", .. packages])
        : new(what, $"run sudo apt-get install {packages[0]}, {other}");

    private static string? Asked(string arg) =>
        arg.StartsWith("--Demo:Infrastructure=", StringComparison.OrdinalIgnoreCase) ? arg.Split('=', 2)[1] : null;
}

// Runs the tests as `dotnet test` does, one project after another, and counts them by their .trx files.
internal sealed class TestRun
{
    private const string Solution = "OutboxDemo.sln";
    private const string Results = "artifacts/test-results";

    // Makes a group of processes that can be ended together. If only dotnet were ended, its test hosts would stay.
    private static readonly string[] DotNet = OperatingSystem.IsLinux() ? ["setsid", "dotnet"] : ["dotnet"];

    private int _passed;
    private int _failed = 1; // until more is known
    private int _skipped;

    public int Run(string[] args)
    {
        try
        {
            args = Setup.Complete(args);
            Shell.Say("Building");
            if (Shell.Run([.. DotNet, "build", Solution, "-v:q", "-nologo", "-clp:ErrorsOnly", "--disable-build-servers"]) != 0)
            {
                throw new CannotGoOnException("The solution does not build: see above.");
            }

            // Most processes of the tests live for seconds. To profile their own code costs them a seventh of their start.
            Environment.SetEnvironmentVariable("DOTNET_TieredPGO", "0");
            Directory.CreateDirectory(Results).Delete(recursive: true);
            string[] trx = ["--logger", "trx;LogFilePrefix=results", "--results-directory", Results];
            string[] hang = ["--blame-hang-timeout", "10min", "--blame-hang-dump-type", "none"];
            var exitCode = Shell.Run([.. DotNet, "test", Solution, "--no-build", "--nologo", "-m:2", .. trx, .. hang, .. args]);
            Count(exitCode, mayLeaveOutProjects: args is not []);
        }
        catch (Exception reason)
        {
            Console.WriteLine(reason is CannotGoOnException ? reason.Message : $"{reason}");
        }

        // This is the very last line, for people and for scripts. It shows a failure whenever something went wrong.
        Console.WriteLine($"{_passed} passed, {_failed} failed, {_skipped} skipped");
        return _failed == 0 ? 0 : Shell.FailureCode;
    }

    private void Count(int exitCode, bool mayLeaveOutProjects)
    {
        var projects = Regex.Count(File.ReadAllText(Solution), @"\.Tests\.csproj");
        var files = Directory.CreateDirectory(Results).GetFiles("*.trx").Select(file => XElement.Load(file.FullName));
        var runs = files.Select(file => Named(file, "UnitTestResult").ToList()).Where(tests => tests.Count > 0).ToList();
        var tests = runs.SelectMany(run => run).ToLookup(test => (string?)test.Attribute("outcome"));
        foreach (var left in tests["NotExecuted"].ToLookup(test => Named(test, "Message").FirstOrDefault()?.Value.Trim()))
        {
            Console.WriteLine($"Left out: {left.Key}{string.Concat(left.Select(test => $"\n    {(string?)test.Attribute("testName")}"))}");
        }

        foreach (var log in Directory.GetFiles(Results, "start-*.log"))
        {
            Console.WriteLine($"Aspire did not start the resources of a test, and was started again:\n{File.ReadAllText(log)}");
        }

        (_passed, _skipped) = (tests["Passed"].Count(), tests["NotExecuted"].Count());
        _failed = tests.Sum(outcome => outcome.Count()) - _passed - _skipped;
        if (_failed == 0 && (exitCode != 0 || _passed == 0 || (runs.Count < projects && !mayLeaveOutProjects)))
        {
            // A test host crashed or hung, a project has no tests, or the filter matches nothing.
            _failed = 1;
            Console.WriteLine(
                $"{_passed} tests passed in {runs.Count} of {projects} projects, and `dotnet test` ended with exit code {exitCode}.");
        }
    }

    private static IEnumerable<XElement> Named(XElement element, string name) => element.Descendants(element.Name.Namespace + name);
}

internal static class Shell
{
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";
    private static volatile bool _interrupted;
    private static volatile Process? _child;

    public static string[] Path => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator);

    public static void Say(string text) => Console.WriteLine($"> {text}");
    public static int FailureCode => _interrupted ? 130 : 1;

    public static string? Which(string program, params string[] folders) =>
        folders.Select(folder => System.IO.Path.Combine(folder, program + Suffix)).FirstOrDefault(File.Exists);

    // Runs a program in this terminal. Its process is not disposed, because a signal may come at any moment.
    public static int Run(params string[] command)
    {
        var process = _child = Start(new(command[0], command[1..]));
        process.WaitForExit();
        return process.ExitCode;
    }

    // The output of a program. Null if it fails or does not end in time.
    public static string? Read(string program, string[] args, TimeSpan timeout)
    {
        var text = new StringWriter();
        var output = TextWriter.Synchronized(text);
        using var process = Start(
            new(program, args) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true });
        process.OutputDataReceived += (_, line) => output.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => output.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        // Nobody is there to answer a question.
        process.StandardInput.Close();
        if (!process.WaitForExit(timeout))
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        return process.ExitCode == 0 ? text.ToString() : null;
    }

    // The terminal sends Ctrl-C to all programs in its foreground, but not to another group. SIGTERM must always be passed on. In both
    // cases this program ends after its child.
    public static void WaitForChild(PosixSignalContext context)
    {
        context.Cancel = _interrupted = true;
        var isGroup = _child?.StartInfo.FileName is "setsid";
        if (_child is { } child && (isGroup || context.Signal is PosixSignal.SIGTERM))
        {
            using var kill = Process.Start("sh", ["-c", $"kill -TERM {(isGroup ? "-" : "")}{child.Id}"]);
        }
    }

    private static Process Start(ProcessStartInfo start) =>
        _interrupted ? throw new CannotGoOnException("Interrupted.") : Process.Start(start)!;
}

// The reason, in one sentence for the person at the terminal.
internal sealed class CannotGoOnException(string message) : Exception(message);

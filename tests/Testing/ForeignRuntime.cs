using System.Diagnostics;
using Xunit;

namespace Testing;

/// <summary>A program that runs scripts with another implementation of AMQP: Node with rhea, Python with Apache Qpid Proton.</summary>
public sealed class ForeignRuntime
{
    public const string RheaIsMissing = "There is no npm package rhea: npm install --prefix ~/.cache/outboxdemo/rhea rhea";
    public const string ProtonIsMissing = "There is no Apache Qpid Proton for Python: install Debian's python3-qpid-proton.";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ScriptTimeout = TimeSpan.FromMinutes(1);

    private static readonly string RheaFolder = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "outboxdemo", "rhea", "node_modules");

    private static readonly Lazy<ForeignRuntime?> FoundRhea = new(() => Find("require('rhea')", "node"));
    private static readonly Lazy<ForeignRuntime?> FoundProton = new(() => Find("import proton", "/usr/bin/python3", "python3"));

    private readonly string _program;

    private ForeignRuntime(string program) => _program = program;

    /// <summary>Node with rhea, from NODE_PATH or ~/.cache/outboxdemo/rhea. Null if it is not installed.</summary>
    public static ForeignRuntime? Rhea => FoundRhea.Value;

    /// <summary>Python with Apache Qpid Proton. Null if it is not installed.</summary>
    public static ForeignRuntime? Proton => FoundProton.Value;

    /// <summary>Runs a script until it ends. Its exit code must be 0.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public async Task<string> RunAsync(string script, params IEnumerable<string> arguments)
    {
        var (exitCode, output, error) = await Programs.RunAsync(Start(script, arguments), ScriptTimeout);
        Assert.True(exitCode == 0, error);
        return output;
    }

    /// <summary>How to run a script with arguments.</summary>
    private ProcessStartInfo Start(string script, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(_program, [_program == "node" ? "-e" : "-c", script, .. arguments]);
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        start.Environment["NODE_PATH"] = string.Join(Path.PathSeparator, Environment.GetEnvironmentVariable("NODE_PATH"), RheaFolder);
        return start;
    }

    /// <summary>Finds the first of several programs that can load the library.</summary>
    private static ForeignRuntime? Find(string script, params string[] programs) =>
        programs.Select(program => new ForeignRuntime(program)).FirstOrDefault(runtime => runtime.CanRun(script));

    private bool CanRun(string script)
    {
        var start = Start(script);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        try
        {
            using var process = Process.Start(start)!;
            process.StandardOutput.ReadToEnd();
            return process.WaitForExit(Deadline) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
    }
}

using System.Globalization;
using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes.Brokers;

/// <param name="Home">The folder of the distribution.</param>
/// <param name="Java">The Java that runs it.</param>
internal sealed record ArtemisInstallation(string Home, string Java)
{
    public string Tool => Path.Combine(Home, "bin", "artemis");

    // The folder of the distribution is named after it: apache-artemis-2.56.0.
    public string Version => Path.GetFileName(Home.TrimEnd('/')) is var name && name.LastIndexOf('-') is > 0 and var dash
        ? name[(dash + 1)..]
        : string.Empty;
}

/// <summary>Finds Apache Artemis, and a Java that can run it.</summary>
/// <param name="toolsFolder">Where the demo keeps programs that it has downloaded.</param>
internal sealed class ArtemisPrograms(string toolsFolder)
{
    private const string HomeVariable = "ARTEMIS_HOME";
    private const int OldestJava = 17;

    /// <summary>Null if there is no Artemis.</summary>
    /// <exception cref="StartFailureException">There is one, and it cannot run.</exception>
    public ArtemisInstallation? Find() => FindHome() is { } home ? new ArtemisInstallation(home, FindJava(home)) : null;

    private string? FindHome()
    {
        if (Environment.GetEnvironmentVariable(HomeVariable) is { Length: > 0 } given)
        {
            return IsHome(given)
                ? Path.GetFullPath(given)
                : throw new StartFailureException($"{HomeVariable} is '{given}', and there is no program bin/artemis in it: "
                    + "set it to the folder of an Apache Artemis, or unset it.");
        }

        return Directory.Exists(toolsFolder)
            ? Directory.EnumerateDirectories(toolsFolder, "apache-artemis-*").Where(IsHome).OrderDescending(StringComparer.Ordinal).FirstOrDefault()
            : null;
    }

    private static bool IsHome(string folder) => File.Exists(Path.Combine(folder, "bin", "artemis"));

    private static string FindJava(string artemisHome)
    {
        var java = Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } home
            ? Path.Combine(home, "bin", "java")
            : Programs.Find("java");
        if (java is null || !Programs.Exists(java))
        {
            throw new StartFailureException(
                $"Apache Artemis ({artemisHome}) needs Java {OldestJava}, and none was found: install it (on Debian and "
                + "Ubuntu 'apt-get install default-jre-headless'), or set JAVA_HOME.");
        }

        return MajorVersion(java) is { } major && major < OldestJava
            ? throw new StartFailureException($"Apache Artemis ({artemisHome}) needs Java {OldestJava}, and {java} is Java "
                + $"{major}: install a newer one, or set JAVA_HOME to it.")
            : java;
    }

    // From the file `release` beside bin: asking Java itself takes longer than all else here. Without the file Artemis will say it.
    private static int? MajorVersion(string java)
    {
        var program = File.ResolveLinkTarget(java, returnFinalTarget: true)?.FullName ?? java;
        var release = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(program))!, "release");
        var version = File.Exists(release)
            ? File.ReadLines(release).FirstOrDefault(line => line.StartsWith("JAVA_VERSION=", StringComparison.Ordinal))?.Split('"')[1]
            : null;
        var parts = version?.Split('.', '-', '+');
        // Up to Java 8 the number came second: 1.8.0.
        return parts is null ? null : int.Parse(parts[0] == "1" ? parts[1] : parts[0], CultureInfo.InvariantCulture);
    }
}

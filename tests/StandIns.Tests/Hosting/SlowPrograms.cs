using System.Runtime.Versioning;
using Aspire.Hosting.Processes.Brokers;
using Aspire.Hosting.Processes.Postgres;

namespace StandIns.Tests.Hosting;

/// <summary>This machine's database and broker, as on a machine where they take their time to start.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SlowPrograms : IDisposable
{
    public const int Seconds = 6;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("slow-programs-");

    public SlowPrograms()
    {
        // The database runs as another user where the tests run as root.
        File.SetUnixFileMode(_folder.FullName, Executable);
        var postgres = new PostgresPrograms(Installed.Tools).Find();
        Directory.CreateDirectory(PostgresFolder);
        File.CreateSymbolicLink(Path.Combine(PostgresFolder, "initdb"), postgres.InitDb);
        Write(Path.Combine(PostgresFolder, "postgres"), postgres.Postgres, slowWith: "*-D*");
        Environment["PG_BIN"] = PostgresFolder;

        if (new ArtemisPrograms(Installed.Tools).Find() is { } artemis)
        {
            Directory.CreateDirectory(Path.Combine(JavaHome, "bin"));
            Write(Path.Combine(JavaHome, "bin", "java"), artemis.Java, slowWith: "*' run'*|*'.Artemis run'*");
            Environment["JAVA_HOME"] = JavaHome;
        }
    }

    /// <summary>Leads an AppHost to them.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private string PostgresFolder => Path.Combine(_folder.FullName, "postgresql");

    private string JavaHome => Path.Combine(_folder.FullName, "java");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <param name="path">The program to write.</param>
    /// <param name="program">The one that it stands for.</param>
    /// <param name="slowWith">The arguments with which it takes its time, as a pattern of the shell.</param>
    private static void Write(string path, string program, string slowWith)
    {
        File.WriteAllText(path, $"""
            #!/bin/sh
            case " $*" in {slowWith}) sleep {Seconds} ;; esac
            exec '{program}' "$@"

            """);
        File.SetUnixFileMode(path, Executable);
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes.Postgres;

/// <summary>The data of one PostgreSQL server: makes it on the first start, and sees to it that the next one can start.</summary>
internal sealed class PostgresCluster(ToolRunner tools)
{
    private const string DataFolderName = "data";
    private const string PasswordHashFileName = ".password";

    public static string DataFolder(string volume) => Path.Combine(volume, DataFolderName);

    /// <summary>The major version that wrote the data; null if there is none yet.</summary>
    public static int? MajorVersion(string volume)
    {
        var file = Path.Combine(DataFolder(volume), "PG_VERSION");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var major) ? major : null;
    }

    /// <summary>The environment of PostgreSQL's programs: nothing of the user's own PG* variables.</summary>
    public static Dictionary<string, string> Environment() => new()
    {
        ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
        ["LC_ALL"] = "C",
        ["TZ"] = "UTC",
    };

    public async Task PrepareAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        if (MajorVersion(server.Volume) is null)
        {
            await CreateAsync(server, cancellationToken);
            return;
        }

        server.User.TakeOver(DataFolder(server.Volume));
        await PostmasterFile.RemoveStaleAsync(DataFolder(server.Volume), cancellationToken);
        await UpdatePasswordAsync(server, cancellationToken);
    }

    private async Task CreateAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        // Made beside its place and then moved there: an initdb that was interrupted leaves nothing that looks like data.
        var unfinished = Path.Combine(server.Volume, "initializing");
        var passwordFile = Path.Combine(server.Volume, "initializing.password");
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        Directory.CreateDirectory(unfinished);
        server.User.TakeOver(unfinished);
        WritePrivate(passwordFile, server.Password);
        server.User.TakeOver(passwordFile);
        try
        {
            await tools.RunAsync(
                new ProcessSpec
                {
                    FileName = server.Programs.InitDb,
                    // Not synced: data of an hour ago is worth that, a new cluster is not. The server itself syncs as always.
                    Arguments =
                    [
                        "-D", unfinished, "-U", server.Role, $"--pwfile={passwordFile}", "--auth=scram-sha-256", "--encoding=UTF8",
                        OperatingSystem.IsLinux() ? "--locale=C.UTF-8" : "--no-locale", "--no-sync",
                    ],
                    WorkingDirectory = server.Volume,
                    Environment = Environment(),
                    Prefix = server.User.Prefix(unfinished, server.Programs.InitDb),
                },
                "initdb",
                server.Log,
                cancellationToken);
        }
        finally
        {
            File.Delete(passwordFile);
        }

        Directory.Move(unfinished, DataFolder(server.Volume));
        RememberPassword(server.Volume, server.Password);
    }

    // The password may have changed since, for example because the user secrets were deleted: the data must not be lost for that.
    private async Task UpdatePasswordAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        if (IsRemembered(server.Volume, server.Password))
        {
            return;
        }

        await tools.RunAsync(
            new ProcessSpec
            {
                FileName = server.Programs.Postgres,
                Arguments = ["--single", "-D", DataFolder(server.Volume), "postgres"],
                WorkingDirectory = server.Volume,
                Environment = Environment(),
                Prefix = server.User.Prefix(DataFolder(server.Volume), server.Programs.Postgres),
                Input = $"ALTER ROLE {Quoted(server.Role, '"')} WITH PASSWORD {Quoted(server.Password, '\'')};\n",
            },
            "Setting the password",
            server.Log,
            cancellationToken);
        RememberPassword(server.Volume, server.Password);
    }

    private static string Quoted(string text, char quote) => $"{quote}{text.Replace($"{quote}", $"{quote}{quote}", StringComparison.Ordinal)}{quote}";

    private static bool IsRemembered(string volume, string password)
    {
        var file = Path.Combine(volume, PasswordHashFileName);
        return File.Exists(file) && File.ReadAllText(file).Split(':') is [var salt, var hash] && Hash(salt, password) == hash;
    }

    private static void RememberPassword(string volume, string password)
    {
        var salt = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        WritePrivate(Path.Combine(volume, PasswordHashFileName), $"{salt}:{Hash(salt, password)}");
    }

    private static string Hash(string salt, string password) =>
        Convert.ToHexString(Rfc2898DeriveBytes.Pbkdf2(password, Encoding.ASCII.GetBytes(salt), 4096, HashAlgorithmName.SHA256, 32));

    private static void WritePrivate(string path, string text)
    {
        File.Delete(path);
        PrivateFile.Create(path, text);
    }
}

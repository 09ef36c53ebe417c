using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Aspire.Hosting;

/// <summary>Checks before a local process starts. Each returns one sentence if it cannot start, or null.</summary>
internal static partial class LocalChecks
{
    private const long MinimumMegabytes = 100;

    /// <summary>After a crash of the AppHost, the processes that it started may need a moment to end.</summary>
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The folder is writable and has room, and no other AppHost uses it.</summary>
    public static async Task<string?> FolderAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".writable-{Guid.NewGuid():N}");
            await File.WriteAllTextAsync(probe, "", cancellationToken);
            File.Delete(probe);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"The folder {folder} is not writable: make it writable for {Environment.UserName}.";
        }

        var megabytes = new DriveInfo(folder).AvailableFreeSpace / 1_000_000;
        return megabytes < MinimumMegabytes
            ? $"The disk of {folder} has only {megabytes} MB left: make at least {MinimumMegabytes} MB free."
            : await IsLockedAsync(Path.Combine(folder, ".lock"), cancellationToken)
            ? $"Another AppHost uses {folder}: stop that one, or give this one data of its own, "
                + "for example with --Demo:Volumes=<prefix>."
            : null;
    }

    /// <summary>No other program listens on the port.</summary>
    public static string? Port(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return null;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return $"Port {port} is taken: stop the program that listens there ('ss -ltnp' names it).";
        }
    }

    /// <summary>Data in the folder, if there are any, were written by this version of PostgreSQL.</summary>
    public static async Task<string?> PostgreSqlDataAsync(string folder, string programs, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, "data", "PG_VERSION");
        if (await MajorVersionAsync(Path.Combine(programs, "postgres"), "--version", cancellationToken) is not { } version)
        {
            return $"PostgreSQL in {programs} does not run: install it again, or set PG_BIN to another one.";
        }

        return File.Exists(file) && (await File.ReadAllTextAsync(file, cancellationToken)).Trim() is var written && written != version
            ? $"The data in {folder} are of PostgreSQL {written}, and {programs} is version {version}: "
                + $"set PG_BIN to version {written}, or delete {folder} to start without data."
            : null;
    }

    /// <summary>There is a Java for Artemis.</summary>
    public static async Task<string?> JavaAsync(CancellationToken cancellationToken)
    {
        var home = Environment.GetEnvironmentVariable("JAVA_HOME");
        var java = string.IsNullOrEmpty(home) ? "java" : Path.Combine(home, "bin", "java");
        var version = await MajorVersionAsync(java, "-version", cancellationToken);
        return int.TryParse(version, CultureInfo.InvariantCulture, out var major) && major >= 17
            ? null
            : "Artemis needs Java 17 or newer: install it ('apt-get install default-jre-headless'), or set JAVA_HOME to the folder of one.";
    }

    /// <summary>Erlang gets the folder within quotes.</summary>
    public static string? RabbitMqFolder(string folder) => folder.AsSpan().IndexOfAny("'\"\\") < 0
        ? null
        : $"RabbitMQ cannot use the folder {folder}: use a path without a quote or a backslash, or set ARTEMIS_HOME.";

    private static async Task<bool> IsLockedAsync(string file, CancellationToken cancellationToken)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(LockInterval, cancellationToken))
        {
            try
            {
                // On Linux .NET locks with flock, as the scripts do.
                await using var unlocked = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
                return false;
            }
            catch (IOException) when (waited.Elapsed < LockTimeout)
            {
                // Still locked: once more.
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    /// <returns>The major version that the program writes. Null if it does not run.</returns>
    private static async Task<string?> MajorVersionAsync(string program, string argument, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, argument) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken) + await errors;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 && MajorVersion().Match(output) is { Success: true } number ? number.Value : null;
        }
        catch (Win32Exception)
        {
            return null; // no such program
        }
    }

    /// <summary>As in `openjdk version "17.0.15"`, which other numbers may precede, and in `postgres (PostgreSQL) 17.6`.</summary>
    [GeneratedRegex(@"(?<=version ""|\(PostgreSQL\) )\d+")]
    private static partial Regex MajorVersion();
}

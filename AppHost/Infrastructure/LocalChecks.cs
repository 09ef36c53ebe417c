using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Aspire.Hosting;

/// <summary>Finds out before a local process starts why it cannot. Each check answers with one sentence, or with null.</summary>
internal static partial class LocalChecks
{
    private const long MinimumMegabytes = 100;

    /// <summary>After a crash the processes of the one before may need a moment to end.</summary>
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The folder can be written to, has room, and no other AppHost works on it.</summary>
    public static async Task<string?> FolderAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, ".writable"), "", cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"The folder {folder} is not writable: make it writable for {Environment.UserName}.";
        }

        var megabytes = new DriveInfo(folder).AvailableFreeSpace / 1_000_000;
        return megabytes < MinimumMegabytes
            ? $"The disk of {folder} has only {megabytes} MB left: make at least {MinimumMegabytes} MB free."
            : await IsLockedAsync(Path.Combine(folder, ".lock"), cancellationToken)
            ? $"Another AppHost works on {folder}: stop that one, or give this one data of its own, "
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

    /// <summary>The data in a folder, if there are any, were written by this version of PostgreSQL.</summary>
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

    /// <summary>There is a Java that Artemis can run on.</summary>
    public static async Task<string?> JavaAsync(CancellationToken cancellationToken)
    {
        var home = Environment.GetEnvironmentVariable("JAVA_HOME");
        var java = string.IsNullOrEmpty(home) ? "java" : Path.Combine(home, "bin", "java");
        var version = await MajorVersionAsync(java, "-version", cancellationToken);
        return version is not null && int.Parse(version, CultureInfo.InvariantCulture) >= 17
            ? null
            : "Artemis needs Java 17 or newer: install it ('apt-get install default-jre-headless'), or set JAVA_HOME to the folder of one.";
    }

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

    /// <returns>The first number that the program writes; null if it does not run.</returns>
    private static async Task<string?> MajorVersionAsync(string program, string argument, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, argument) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken) + await errors;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 && FirstNumber().Match(output) is { Success: true } number ? number.Value : null;
        }
        catch (Win32Exception)
        {
            return null; // no such program
        }
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex FirstNumber();
}

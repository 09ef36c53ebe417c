using System.Diagnostics;
using System.Globalization;

namespace Aspire.Hosting.Processes.Running;

/// <summary>
/// Ends the processes of an AppHost that has died, however it died: a shell script (watchdog.sh) at the other end of a pipe. When the
/// AppHost
/// is gone the pipe closes, and the script ends what it was told of and has not been taken back.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    /// <summary>The environment variable by which the script also finds processes that it was not told of.</summary>
    public const string Marker = "ASPIRE_STANDIN_RUN";

    private readonly Lock _lock = new();
    private Process? _script;

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public void Start()
    {
        lock (_lock)
        {
            if (_script is not null)
            {
                return;
            }

            // In a session of its own: Ctrl-C must not end it before it has done its work.
            string[] command = [.. NewSession.Command, "/bin/sh", "-c", ReadScript(), "watchdog", Marker, Id];
            var start = new ProcessStartInfo(command[0], command[1..])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                // Not a folder that somebody may want to remove.
                WorkingDirectory = "/",
            };
            start.Environment.Remove(Marker);
            _script = Process.Start(start)!;
            _script.StandardOutput.Close();
            _script.StandardError.Close();
            _script.StandardInput.AutoFlush = true;
        }
    }

    public void Add(int processId, int stopSignal) => Tell(string.Create(CultureInfo.InvariantCulture, $"add {processId} {stopSignal}"));

    public void Remove(int processId) => Tell(string.Create(CultureInfo.InvariantCulture, $"remove {processId}"));

    /// <summary>Closes the pipe: whatever is still running now is ended.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _script?.StandardInput.Dispose();
            _script?.WaitForExit();
            _script?.Dispose();
            _script = null;
        }
    }

    private void Tell(string line)
    {
        lock (_lock)
        {
            try
            {
                _script?.StandardInput.WriteLine(line);
            }
            catch (IOException)
            {
                // Somebody has killed the watchdog. The application works without it; only its own sudden death would now leave processes
                // behind.
                _script = null;
            }
        }
    }

    private static string ReadScript()
    {
        using var stream = typeof(Watchdog).Assembly.GetManifestResourceStream("watchdog.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

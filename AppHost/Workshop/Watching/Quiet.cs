using System.Diagnostics;

namespace AppHost.Workshop.Watching;

/// <summary>Whether nothing was under way when it was last read. What was read too long ago says nothing.</summary>
internal sealed class Quiet
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private long? _since;

    /// <summary>True if it was quiet a moment ago.</summary>
    public bool IsNow => _since is { } read && Stopwatch.GetElapsedTime(read) < Fresh;

    /// <summary>Remembers what has just been read.</summary>
    public void Set(bool isQuiet) => _since = isQuiet ? Stopwatch.GetTimestamp() : null;
}

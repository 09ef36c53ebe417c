namespace Faults.Running;

/// <summary>A clock that is hours ahead, for one replica. It needs libfaketime.</summary>
internal static class FastClock
{
    public const string Offset = "+3h";

    private const string Folder = "/usr/lib";

    private static readonly string? Library = !Directory.Exists(Folder) ? null : Directory
        .EnumerateFiles(Folder, "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true }).FirstOrDefault();

    public static bool IsInstalled => Library is not null;

    /// <summary>The environment of a process with this clock. It keeps the real monotonic clock, by which it waits.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = Library is null ? new Dictionary<string, string>() : new()
    {
        ["LD_PRELOAD"] = Library,
        ["FAKETIME"] = Offset,
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
    };
}

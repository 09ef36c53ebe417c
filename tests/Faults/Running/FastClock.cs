using System.Globalization;

namespace Faults.Running;

/// <summary>A clock that is hours ahead, for one replica. It needs libfaketime.</summary>
internal static class FastClock
{
    public const string Missing = "A clock that is ahead needs libfaketime: apt-get install faketime.";
    private const string Folder = "/usr/lib";

    private static readonly string? Library = !Directory.Exists(Folder) ? null : Directory
        .EnumerateFiles(Folder, "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true }).FirstOrDefault();

    public static bool IsInstalled => Library is not null;

    /// <summary>The environment of a process with this clock. It keeps the real monotonic clock, by which it waits.</summary>
    public static Dictionary<string, string> AheadBy(int hours) => hours == 0 ? [] : new()
    {
        ["LD_PRELOAD"] = Library!,
        ["FAKETIME"] = string.Create(CultureInfo.InvariantCulture, $"+{hours}h"),
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
    };
}

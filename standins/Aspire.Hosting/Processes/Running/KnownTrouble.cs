namespace Aspire.Hosting.Processes.Running;

/// <summary>What programs say about the troubles of a machine, and what a user can do about them.</summary>
internal static class KnownTrouble
{
    private static readonly (string Sign, string Advice)[] All =
    [
        ("No space left on device", "free some space on the disk"),
        ("Disk quota exceeded", "free some space on the disk"),
        ("Read-only file system", "make the disk writable"),
        ("Permission denied", "look at the rights on the files"),
        ("Address already in use", "stop the program that listens there"),
        ("Cannot allocate memory", "free some memory"),
    ];

    /// <summary>What to do; null if the text names none of them.</summary>
    public static string? Advice(string text) =>
        All.Where(known => text.Contains(known.Sign, StringComparison.OrdinalIgnoreCase)).Select(known => known.Advice).FirstOrDefault();
}

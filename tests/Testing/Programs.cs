namespace Testing;

/// <summary>Programs that a test needs besides what it tests.</summary>
public static class Programs
{
    /// <returns>The path of a program. Null if it is not installed.</returns>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);
}

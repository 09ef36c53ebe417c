namespace Testing;

/// <summary>The folder of this solution, above the one that the tests run in.</summary>
public static class Solution
{
    private static readonly string Folder = Find();

    /// <param name="path">A path inside the solution.</param>
    public static string PathOf(string path) => Path.Combine(Folder, path);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OutboxDemo.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"There is no OutboxDemo.sln above {AppContext.BaseDirectory}.");
    }
}

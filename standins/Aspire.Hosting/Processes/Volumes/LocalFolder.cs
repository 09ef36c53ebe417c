namespace Aspire.Hosting.Processes.Volumes;

/// <summary>The folder <c>.local</c> of the solution, in which everything lies that the demo keeps.</summary>
internal static class LocalFolder
{
    public static string Of(string appHostDirectory) => Path.Combine(SolutionFolder(appHostDirectory), ".local");

    /// <summary>The nearest folder upwards with a solution or a repository; else the AppHost's own.</summary>
    public static string SolutionFolder(string appHostDirectory)
    {
        for (var folder = new DirectoryInfo(appHostDirectory); folder is not null; folder = folder.Parent)
        {
            // .git is a file in a worktree.
            if (folder.EnumerateFiles("*.sln*").Any() || Path.Exists(Path.Combine(folder.FullName, ".git")))
            {
                return folder.FullName;
            }
        }

        return appHostDirectory;
    }
}

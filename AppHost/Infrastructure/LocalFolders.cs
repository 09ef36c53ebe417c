namespace Aspire.Hosting;

/// <summary>The folders of the demo.</summary>
internal static class LocalFolders
{
    private static readonly string Solution = FindSolution();

    /// <summary>Folder with the data of a local process. A container has a volume of this name instead.</summary>
    public static string OfVolume(string volume) => InSolution($".local/{volume}");

    public static string InSolution(string path) => Path.Combine(Solution, path);

    private static string FindSolution()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder.EnumerateFiles("OutboxDemo.sln").Any())
            {
                return folder.FullName;
            }
        }

        throw new DistributedApplicationException(
            $"There is no OutboxDemo.sln above {AppContext.BaseDirectory}: outside its checkout the demo runs in containers only.");
    }
}

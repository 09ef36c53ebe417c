using System.ComponentModel;
using System.Diagnostics;

namespace Testing;

/// <summary>Removes the data of a test: the volumes of a container engine, or the folders of local processes.</summary>
public static class TestVolumes
{
    public static async Task RemoveAsync(string prefix)
    {
        string[] folders = Directory.Exists(LocalFolder)
            ? Directory.GetDirectories(LocalFolder, $"{prefix}*", SearchOption.AllDirectories)
            : [];
        foreach (var folder in folders)
        {
            Directory.Delete(folder, recursive: true);
        }

        var volumes = await DockerAsync("volume", "ls", "-q", "--filter", $"name={prefix}");
        foreach (var volume in volumes.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await DockerAsync("volume", "rm", volume);
        }
    }

    /// <summary>The lock files of PostgreSQL servers. A server that ends normally removes its own.</summary>
    public static IEnumerable<string> DatabaseLocks(string prefix) => Directory.GetDirectories(LocalFolder, $"{prefix}*-postgres")
        .Select(folder => Path.Combine(folder, "data", "postmaster.pid"))
        .Where(File.Exists);

    private static string LocalFolder => Solution.PathOf(".local");

    /// <returns>What it printed. Nothing if there is no engine: then there is no volume.</returns>
    private static async Task<string> DockerAsync(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var docker = Process.Start(start)!;
            var output = await docker.StandardOutput.ReadToEndAsync();
            await docker.WaitForExitAsync();
            return output;
        }
        catch (Win32Exception)
        {
            return "";
        }
    }
}

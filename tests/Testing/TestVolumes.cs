using System.ComponentModel;
using System.Diagnostics;

namespace Testing;

/// <summary>Removes what a test's containers kept: volumes of a container engine, or folders where resources run as processes.</summary>
public static class TestVolumes
{
    public static async Task RemoveAsync(string prefix)
    {
        foreach (var folder in Directory.Exists(LocalFolder) ? Directory.GetDirectories(LocalFolder, $"{prefix}*", SearchOption.AllDirectories) : [])
        {
            Directory.Delete(folder, recursive: true);
        }

        var volumes = await DockerAsync("volume", "ls", "-q", "--filter", $"name={prefix}");
        foreach (var volume in volumes.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await DockerAsync("volume", "rm", volume);
        }
    }

    /// <summary>The lock files of PostgreSQL servers, which one that ends by itself removes.</summary>
    public static IEnumerable<string> DatabaseLocks(string prefix) => Directory.GetDirectories(LocalFolder, $"{prefix}*-postgres")
        .Select(folder => Path.Combine(folder, "data", "postmaster.pid"))
        .Where(File.Exists);

    private static string LocalFolder => Solution.PathOf(".local");

    /// <returns>What it printed; nothing where there is no engine, and so no volume.</returns>
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

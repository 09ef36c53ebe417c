using System.ComponentModel;
using System.Diagnostics;

namespace AppHost.Tests;

/// <summary>Removes what a test's containers kept: volumes of a container engine, or folders where resources run as processes.</summary>
internal static class TestVolumes
{
    public static async Task RemoveAsync(string prefix)
    {
        foreach (var folder in Directory.Exists(LocalFolder) ? Directory.GetDirectories(LocalFolder, $"{prefix}*", SearchOption.AllDirectories) : [])
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var volume in (await DockerAsync("volume", "ls", "-q", "--filter", $"name={prefix}")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await DockerAsync("volume", "rm", volume);
        }
    }

    private static string LocalFolder
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OutboxDemo.sln")))
            {
                folder = folder.Parent;
            }

            return Path.Combine(folder?.FullName ?? AppContext.BaseDirectory, ".local");
        }
    }

    /// <returns>What it printed; nothing where there is no engine, and so no volume.</returns>
    private static async Task<string> DockerAsync(params string[] arguments)
    {
        try
        {
            using var docker = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
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

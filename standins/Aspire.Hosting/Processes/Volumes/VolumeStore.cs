using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Processes.Volumes;

/// <summary>The volumes of the application: folders under <c>.local</c>, each with the volume's name.</summary>
internal sealed class VolumeStore(string localFolder) : IDisposable
{
    // Volumes of containers that have none: a dot, so that no volume's name can meet it.
    private const string EphemeralFolder = ".ephemeral";

    private readonly ConcurrentDictionary<string, Volume> _open = new();

    /// <summary>The volume or folder that is mounted; locked from now on.</summary>
    public Volume Open(ContainerMountAnnotation mount)
    {
        var path = mount.Type == ContainerMountType.BindMount ? mount.Source! : Path.Combine(localFolder, ValidName(mount.Source!));
        return _open.GetOrAdd(path, static (path, source) => Volume.Open(path, $"volume '{source}'"), mount.Source);
    }

    /// <summary>An empty folder, for one run of a container.</summary>
    public Volume CreateEphemeral(string resourceName)
    {
        var folder = Path.Combine(localFolder, EphemeralFolder);
        return Volume.Open(Path.Combine(folder, $"{resourceName}-{Guid.NewGuid():N}"), $"folder of '{resourceName}'");
    }

    /// <summary>Deletes the ephemeral folders that an AppHost has left that was killed.</summary>
    public void DeleteLeftovers()
    {
        var folder = Path.Combine(localFolder, EphemeralFolder);
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var path in Directory.EnumerateDirectories(folder))
        {
            try
            {
                Volume.Open(path, "folder").Delete();
            }
            catch (Exception exception) when (exception is StartFailureException or IOException or UnauthorizedAccessException)
            {
                // In use by another AppHost, or not ours to delete: it harms nobody.
                continue;
            }
        }
    }

    public void Dispose()
    {
        foreach (var volume in _open.Values)
        {
            volume.Dispose();
        }

        _open.Clear();
    }

    private static string ValidName(string name) =>
        name.Length > 0 && !name.StartsWith('.') && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-')
            ? name
            : throw new StartFailureException($"The volume name '{name}' is invalid: use letters, digits, '_', '.' and '-', "
                + "and begin with a letter or digit.");
}

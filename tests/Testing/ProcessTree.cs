using System.Globalization;

namespace Testing;

/// <summary>A process with its descendants.</summary>
public static class ProcessTree
{
    /// <summary>Sends a signal to a process and to all its descendants.</summary>
    public static Task SignalAsync(int root, string signal) => Signal.SendAsync(Ids(root), signal);

    /// <summary>The ids of a process and of all its descendants. It comes first.</summary>
    public static IEnumerable<int> Ids(int root) => Children(root).SelectMany(Ids).Prepend(root);

    public static int[] Children(int parent)
    {
        try
        {
            return
            [
                .. Directory.GetDirectories($"/proc/{parent}/task")
                    .Select(thread => File.ReadAllText(Path.Combine(thread, "children")))
                    .SelectMany(children => children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
            ];
        }
        catch (IOException)
        {
            return []; // it has just ended
        }
    }
}

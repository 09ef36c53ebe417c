using System.Globalization;

namespace AppHost.Workshop;

/// <summary>A process with its descendants, as Linux shows them.</summary>
public static class ProcessTree
{
    /// <summary>The ids of a process and of all its descendants. It comes first.</summary>
    public static IEnumerable<int> Ids(int root) => Children(root).SelectMany(Ids).Prepend(root);

    /// <summary>The ids of the processes that a process has started. None if it has ended.</summary>
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

namespace Aspire.Hosting.Dashboard;

/// <summary>The end of a process's output, for the message that says that it has ended.</summary>
internal sealed class LastLines
{
    private const int Count = 5;

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();

    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        // Standard output and standard error come from two threads.
        lock (_lock)
        {
            _lines.Enqueue(line.Trim());
            if (_lines.Count > Count)
            {
                _lines.Dequeue();
            }
        }
    }

    public override string ToString()
    {
        lock (_lock)
        {
            return string.Join(" / ", _lines);
        }
    }
}

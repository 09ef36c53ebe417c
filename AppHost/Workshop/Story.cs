namespace AppHost.Workshop;

/// <summary>What just happened, newest last. It is short: the page is no log.</summary>
internal sealed class Story(TimeProvider time)
{
    private const int Kept = 40;

    private readonly Lock _gate = new();
    private readonly Queue<object> _entries = new();
    private int _number;

    /// <summary>The last things that happened.</summary>
    public object[] Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    public void Tell(Happening happening, string what = "")
    {
        lock (_gate)
        {
            _entries.Enqueue(new
            {
                number = ++_number,
                at = time.GetUtcNow(),
                text = string.Format(System.Globalization.CultureInfo.InvariantCulture, happening.Sentence, what),
                file = happening.File,
                line = SourceCode.LineOf(happening),
                exercise = SourceCode.ExerciseOf(happening),
            });
            if (_entries.Count > Kept)
            {
                _entries.Dequeue();
            }
        }
    }
}

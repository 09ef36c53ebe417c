using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The log of one resource: the last lines, and those who watch.</summary>
internal sealed class ResourceLog(TimeProvider time)
{
    private const int MaxBacklog = 10_000;
    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _backlog = new();
    private readonly HashSet<Channel<LogLine>> _subscribers = [];
    private int _lineNumber;
    private bool _completed;

    public IReadOnlyList<LogLine> Backlog
    {
        get
        {
            lock (_lock)
            {
                return [.. _backlog];
            }
        }
    }

    public void Add(string text, bool isError)
    {
        var timestamp = time.GetUtcNow().UtcDateTime.ToString(TimestampFormat, CultureInfo.InvariantCulture);
        lock (_lock)
        {
            var line = new LogLine(++_lineNumber, $"{timestamp} {text}", isError);
            _backlog.Enqueue(line);
            if (_backlog.Count > MaxBacklog)
            {
                _backlog.Dequeue();
            }

            foreach (var subscriber in _subscribers)
            {
                subscriber.Writer.TryWrite(line);
            }
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Bounded, so that one who watches and does not read cannot fill the memory; the oldest lines go first.
        var channel = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(2 * MaxBacklog) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            foreach (var line in _backlog)
            {
                channel.Writer.TryWrite(line);
            }

            if (_completed)
            {
                channel.Writer.Complete();
            }
            else
            {
                _subscribers.Add(channel);
            }
        }

        try
        {
            while (await channel.Reader.WaitToReadAsync(cancellationToken))
            {
                var batch = new List<LogLine>();
                while (batch.Count < MaxBacklog && channel.Reader.TryRead(out var line))
                {
                    batch.Add(line);
                }

                yield return batch;
            }
        }
        finally
        {
            lock (_lock)
            {
                _subscribers.Remove(channel);
            }
        }
    }

    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            foreach (var subscriber in _subscribers)
            {
                subscriber.Writer.TryComplete();
            }
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _backlog.Clear();
        }
    }
}

using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using AppHost.Workshop.Watching;

namespace AppHost.Workshop.Web;

/// <summary>
/// What the browsers are told (server-sent events). Each first gets a snapshot and then what has changed, so one that comes late, or comes
/// again, sees the truth.
/// </summary>
internal sealed class Feed(Dots dots)
{
    /// <summary>A browser that has not read so many ticks is cut off. It comes again by itself, and gets a snapshot.</summary>
    private const int MostUnread = 40;

    private readonly Lock _gate = new();
    private readonly List<Channel<SseItem<string>>> _browsers = [];
    private readonly Dictionary<string, string> _sections = [];
    private readonly HashSet<string> _changed = [];
    private TaskCompletionSource _watched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _ticks;

    /// <summary>Completes when somebody looks. As long as nobody does, nothing is read.</summary>
    public Task Watched => Locked(() => _watched.Task);

    /// <summary>Sets a section of the page.</summary>
    public void Set(string section, object value)
    {
        var json = JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
        lock (_gate)
        {
            if (_sections.GetValueOrDefault(section) != json)
            {
                _sections[section] = json;
                _changed.Add(section);
            }
        }
    }

    /// <summary>Sends what has changed.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            var moved = dots.TakeMoved();
            if (moved.Count == 0 && _changed.Count == 0)
            {
                return;
            }

            var tick = new SseItem<string>(Json(_changed, moved), "tick") { EventId = $"{++_ticks}" };
            _changed.Clear();
            foreach (var browser in _browsers)
            {
                if (!browser.Writer.TryWrite(tick))
                {
                    browser.Writer.TryComplete();
                }
            }
        }
    }

    /// <summary>What one browser gets.</summary>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var browser = Channel.CreateBounded<SseItem<string>>(MostUnread);
        lock (_gate)
        {
            browser.Writer.TryWrite(new(Json(_sections.Keys, dots.OnTheWay), "snapshot") { EventId = $"{_ticks}" });
            _browsers.Add(browser);
            _watched.TrySetResult();
        }

        try
        {
            await foreach (var item in browser.Reader.ReadAllAsync(cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            lock (_gate)
            {
                _browsers.Remove(browser);
                if (_browsers.Count == 0)
                {
                    _watched = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
        }
    }

    private string Json(IEnumerable<string> sections, IReadOnlyList<Dot> moved) => string.Concat(
        "{\"dots\":",
        JsonSerializer.Serialize(moved, JsonSerializerOptions.Web),
        string.Concat(sections.Select(section => $",\"{section}\":{_sections[section]}")),
        "}");

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }
}

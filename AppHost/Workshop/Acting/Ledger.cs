using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace AppHost.Workshop.Acting;

/// <summary>
/// What the page's own load was promised, and what the receiver's API shows of it. No table and no claim of a service counts here. Each
/// entity of the load has its version as its value, so a state that belongs to another version is seen.
/// </summary>
internal sealed class Ledger(Func<Uri[]> receivers, Story story)
{
    /// <summary>The value in the body of a second delivery. If it is ever shown, a message had its effect twice.</summary>
    public const decimal ValueOfCopy = -1;

    private const int LeastPage = 20;
    private const int MostPage = 500;
    private const int RequestsAtOnce = 10;
    private const int Remembered = 5_000;
    private static readonly TimeSpan Remarkable = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = WorkshopHttp.Client();
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Entity> _open = [];
    private readonly Dictionary<Guid, Entity> _settled = [];
    private readonly Queue<Guid> _settledFirst = new();
    private readonly HashSet<Guid> _copies = [];
    private readonly HashSet<Guid> _doubled = [];
    private readonly HashSet<Guid> _outOfOrder = [];
    private long _acknowledged;
    private long _applied;
    private long _unanswered;
    private long _absorbed;
    private long _waitingSince;
    private TimeSpan? _tookAll;
    private long? _quietSince;
    private bool _isAnswered;
    private int _turn;

    /// <summary>A service has answered that a change is done.</summary>
    public void Acknowledge(Guid id, long version)
    {
        lock (_gate)
        {
            _acknowledged++;
            if (_open.Count == 0)
            {
                (_waitingSince, _tookAll) = (Stopwatch.GetTimestamp(), null);
            }

            var entity = _open.GetValueOrDefault(id) ?? (_settled.Remove(id, out var settled) ? settled : new(0, 0));
            _open[id] = entity with { Acknowledged = Math.Max(entity.Acknowledged, version) };
        }
    }

    /// <summary>A request had no answer, or an error. The change was made or not, and nobody was promised anything.</summary>
    public void NotAnswered() => Interlocked.Increment(ref _unanswered);

    /// <summary>Waits until the receiver shows an entity, for ten seconds at most.</summary>
    public async Task<bool> ArrivedAsync(Guid id, CancellationToken cancellationToken)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(10); await Task.Delay(100, cancellationToken))
        {
            lock (_gate)
            {
                if (_settled.ContainsKey(id))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The message of this entity is delivered once more. Until all is quiet, the receiver is asked what it shows.</summary>
    public void Doubt(Guid id)
    {
        lock (_gate)
        {
            _copies.Add(id);
            _quietSince = null;
        }
    }

    /// <summary>Asks the receiver for the entities that it does not show yet, and those of copies.</summary>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var addresses = receivers();
            if (addresses.Length > 0)
            {
                await AskAsync(addresses[_turn++ % addresses.Length], cancellationToken);
            }

            _isAnswered = addresses.Length > 0;
        }
        catch
        {
            _isAnswered = false;
            throw;
        }
    }

    /// <summary>What the page shows of it.</summary>
    /// <param name="isQuiet">True if nothing is under way any more, as far as tables and queue show.</param>
    /// <param name="keptAside">Entities with a message that was refused: they are not lost, they wait for an operator.</param>
    public object Read(bool isQuiet, IReadOnlySet<Guid> keptAside)
    {
        lock (_gate)
        {
            _quietSince = isQuiet && _isAnswered ? _quietSince ?? Stopwatch.GetTimestamp() : null;
            var isOver = _quietSince is { } since && Stopwatch.GetElapsedTime(since) > QuietFor;
            if (isOver)
            {
                _absorbed += _copies.Except(_doubled).Count();
                _copies.Clear();
            }

            var missing = _open.Sum(open => open.Value.Missing);
            var lost = isOver ? _open.Where(open => !keptAside.Contains(open.Key)).Sum(open => open.Value.Missing) : 0;
            return new
            {
                acknowledged = _acknowledged,
                applied = _applied,
                onTheWay = missing - lost,
                lost,
                doubled = _doubled.Count,
                absorbed = _absorbed,
                outOfOrder = _outOfOrder.Count,
                unanswered = Interlocked.Read(ref _unanswered),
                tookSeconds = _tookAll?.TotalSeconds,
                waitsSeconds = _open.Count > 0 ? Math.Round(Stopwatch.GetElapsedTime(_waitingSince).TotalSeconds) : (double?)null,
            };
        }
    }

    private async Task AskAsync(Uri receiver, CancellationToken cancellationToken)
    {
        Guid[] wanted;
        lock (_gate)
        {
            // Newest first, as the API lists them.
            wanted = [.. _open.Keys.Union(_copies).OrderDescending()];
        }

        for (var (next, requests) = (0, 0); next < wanted.Length && requests < RequestsAtOnce; requests++)
        {
            // A few that nobody asked for may lie between.
            var limit = Math.Clamp(2 * (wanted.Length - next), LeastPage, MostPage);
            var page = (await _http.GetFromJsonAsync<Shown[]>(
                new Uri(receiver, $"{DemoSystem.Entities}?limit={limit}&after={wanted[next].Next()}"), cancellationToken))!;
            Observe(page);
            var last = page.Length == limit ? page[^1].Id : Guid.Empty;
            while (next < wanted.Length && wanted[next] >= last)
            {
                next++;
            }
        }
    }

    private void Observe(Shown[] page)
    {
        lock (_gate)
        {
            var wasOpen = _open.Count > 0;
            foreach (var shown in page)
            {
                if (_open.TryGetValue(shown.Id, out var entity) || _settled.TryGetValue(shown.Id, out entity))
                {
                    Observe(shown, entity);
                }
            }

            if (wasOpen && _open.Count == 0)
            {
                _tookAll = Stopwatch.GetElapsedTime(_waitingSince);
                if (_tookAll > Remarkable)
                {
                    story.Tell(Happenings.Complete, string.Create(
                        CultureInfo.InvariantCulture, $"{_tookAll.Value.TotalSeconds:0.0} s after the first of them"));
                }
            }
        }
    }

    private void Observe(Shown shown, Entity entity)
    {
        if (shown.Value == ValueOfCopy)
        {
            _doubled.Add(shown.Id);
        }
        else if (shown.Version < entity.Shown || shown.Value != shown.Version)
        {
            _outOfOrder.Add(shown.Id);
        }

        var now = entity with { Shown = Math.Max(entity.Shown, shown.Version) };
        _applied += entity.Missing - now.Missing;
        if (now.Missing > 0)
        {
            _open[shown.Id] = now;
        }
        else
        {
            Settle(shown.Id, now);
        }
    }

    /// <summary>Remembers the newest ones, to see whether they go back to an older state.</summary>
    private void Settle(Guid id, Entity entity)
    {
        _open.Remove(id);
        if (_settled.TryAdd(id, entity))
        {
            _settledFirst.Enqueue(id);
            if (_settledFirst.Count > Remembered)
            {
                _settled.Remove(_settledFirst.Dequeue());
            }
        }
        else
        {
            _settled[id] = entity;
        }
    }

    /// <param name="Acknowledged">The highest version that was acknowledged.</param>
    /// <param name="Shown">The highest version that the receiver has shown.</param>
    private sealed record Entity(long Acknowledged, long Shown)
    {
        public long Missing => Math.Max(0, Acknowledged - Shown);
    }

    private sealed record Shown(Guid Id, decimal Value, long Version);
}

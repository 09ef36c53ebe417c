using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Benchmarks;

/// <summary>What came of the requests.</summary>
/// <param name="Milliseconds">How long each request took that was answered as it should be.</param>
/// <param name="Elapsed">How long all of them took together.</param>
internal sealed record LoadResult(IReadOnlyCollection<double> Milliseconds, TimeSpan Elapsed)
{
    public double PerSecond => Milliseconds.Count / Elapsed.TotalSeconds;

    public Spread Latency { get; } = new(Milliseconds);
}

/// <summary>
/// Requests to a service over a number of connections. Each connection waits for its answer before its next request. Without entities it
/// posts new ones. With entities it changes them, and each entity belongs to one connection: two changes never conflict.
/// </summary>
internal sealed class Load : IDisposable
{
    /// <summary>Some requests may fail on a machine that is busy with something else. More of them mean that something is broken.</summary>
    private const int MostFailures = 100;

    private static readonly byte[] Body = Encoding.UTF8.GetBytes($$"""{"name":"{{new string('x', 200)}}","value":1.5}""");
    private readonly HttpClient _client;
    private readonly int _connections;
    private readonly Guid[] _entities;

    public Load(Uri service, int connections, Guid[]? entities = null)
    {
        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections })
        {
            BaseAddress = new Uri(service, "/api/EntityItems/"),
            Timeout = TimeSpan.FromSeconds(30),
        };
        (_connections, _entities) = (connections, entities ?? []);
    }

    /// <summary>Sends requests until one of the bounds is reached. A request that fails is printed and not counted.</summary>
    /// <param name="count">The number of requests.</param>
    /// <param name="duration">How long. Default: without end.</param>
    /// <param name="perSecond">How many per second. Default: as many as the service answers.</param>
    /// <param name="isPaused">Asked before each request. While true, no request is sent.</param>
    public async Task<LoadResult> RunAsync(
        int count = int.MaxValue, TimeSpan? duration = null, double? perSecond = null, Func<bool>? isPaused = null)
    {
        var milliseconds = new ConcurrentBag<double>();
        var failures = new ConcurrentQueue<string>();
        var last = -1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, _connections).Select(SendAllAsync));
        if (failures.TryPeek(out var first))
        {
            Console.WriteLine($"{failures.Count} requests failed, the first one: {first}");
        }

        return new(milliseconds, Stopwatch.GetElapsedTime(started));

        async Task SendAllAsync(int connection)
        {
            for (var mine = connection; Interlocked.Increment(ref last) is var number && number < count; mine += _connections)
            {
                await DelayUntilDueAsync(number);
                if (IsOver())
                {
                    return;
                }

                mine = mine >= _entities.Length ? connection : mine;
                await TrySendAsync(_entities is [] ? null : _entities[mine], milliseconds, failures);
            }
        }

        async Task DelayUntilDueAsync(int number)
        {
            while (isPaused?.Invoke() == true && !IsOver())
            {
                await Task.Delay(10);
            }

            var due = number / (perSecond ?? double.PositiveInfinity) - Stopwatch.GetElapsedTime(started).TotalSeconds;
            await Task.Delay(TimeSpan.FromSeconds(Math.Max(due, 0)));
        }

        bool IsOver() => Stopwatch.GetElapsedTime(started) >= (duration ?? TimeSpan.MaxValue);
    }

    public void Dispose() => _client.Dispose();

    private async Task TrySendAsync(Guid? entity, ConcurrentBag<double> milliseconds, ConcurrentQueue<string> failures)
    {
        try
        {
            var sent = Stopwatch.GetTimestamp();
            await SendAsync(entity);
            milliseconds.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }
        catch (Exception failure) when (failure is (HttpRequestException or OperationCanceledException) && failures.Count < MostFailures)
        {
            failures.Enqueue(failure.Message);
        }
    }

    private async Task SendAsync(Guid? entity)
    {
        using var body = new ByteArrayContent(Body);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = entity is { } id ? await _client.PutAsync($"{id}", body) : await _client.PostAsync("", body);
        answer.EnsureSuccessStatusCode();
    }
}

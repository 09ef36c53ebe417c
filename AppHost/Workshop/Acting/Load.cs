using System.Diagnostics;
using System.Net.Http.Json;

namespace AppHost.Workshop.Acting;

/// <summary>Posts and updates entities through the senders' public API, and writes into the ledger what was answered.</summary>
internal sealed class Load(Func<Uri[]> senders, Ledger ledger, Story story) : IDisposable
{
    public const int Fastest = 200;
    private const int AtATime = 20;
    private const int MostUnanswered = 200;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = WorkshopHttp.Client();
    private int _turn;
    private int _number;
    private int _inFlight;

    /// <summary>Posts per second of the stream. 0: it is off.</summary>
    public int Rate { get; private set; }

    /// <summary>True if a request waits for its answer, or more will follow.</summary>
    public bool IsBusy => Rate > 0 || Volatile.Read(ref _inFlight) > 0;

    /// <summary>Posts some entities.</summary>
    public async Task PostAsync(int count, CancellationToken cancellationToken)
    {
        var accepted = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken },
            async (_, token) =>
            {
                if (await PostAsync(token) is not null)
                {
                    Interlocked.Increment(ref accepted);
                }
            });
        if (accepted > 0)
        {
            story.Tell(Happenings.Posted, count == 1 ? "The post was acknowledged" : $"{accepted} of {count} posts were acknowledged");
        }

        if (accepted < count)
        {
            story.Tell(Happenings.NotPosted, count == 1 ? "The post was not" : $"{count - accepted} of {count} posts were not");
        }
    }

    /// <summary>Posts one entity, and changes it again and again.</summary>
    public async Task UpdateAsync(int times, CancellationToken cancellationToken)
    {
        if (await PostAsync(cancellationToken) is not { } entity)
        {
            story.Tell(Happenings.NotPosted, "The post was not");
            return;
        }

        // One after another. Without an answer it is unknown which version is next, so it ends.
        for (var i = 0; i < times; i++)
        {
            var body = new { entity.Name, value = entity.Version + 1 };
            if (await SendAsync(HttpMethod.Put, $"{DemoSystem.Entities}/{entity.Id}", body, cancellationToken) is not { } changed)
            {
                break;
            }

            entity = changed;
        }

        story.Tell(Happenings.Updated, $"One entity was created and then changed {entity.Version - 1} times");
    }

    /// <summary>Sets the speed of the stream.</summary>
    public void Stream(int rate) => Rate = Math.Clamp(rate, 0, Fastest);

    /// <summary>Posts at the speed of the stream, until it is cancelled. It does not wait for answers: people do not either.</summary>
    /// <param name="watched">Completes when somebody looks. As long as nobody does, the stream rests.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task StreamAsync(Func<Task> watched, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Step);
        var (last, due) = (Stopwatch.GetTimestamp(), 0.0);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await watched().WaitAsync(cancellationToken);
            due = Math.Min(due + (Rate * Stopwatch.GetElapsedTime(last).TotalSeconds), Fastest);
            last = Stopwatch.GetTimestamp();
            for (; due >= 1; due--)
            {
                if (Volatile.Read(ref _inFlight) < MostUnanswered)
                {
                    _ = PostAsync(cancellationToken);
                }
            }
        }
    }

    /// <summary>Posts one entity.</summary>
    /// <returns>The answer. Null if it was none, or an error.</returns>
    public Task<Answer?> PostAsync(CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post,
        DemoSystem.Entities,
        new { name = $"Workshop {Interlocked.Increment(ref _number)}", value = 1 },
        cancellationToken);

    public void Dispose() => _http.Dispose();

    /// <returns>The answer. Null if it was none, or an error.</returns>
    private async Task<Answer?> SendAsync(HttpMethod method, string path, object body, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            if (senders() is { Length: > 0 } addresses)
            {
                var address = addresses[(uint)Interlocked.Increment(ref _turn) % addresses.Length];
                using var request = new HttpRequestMessage(method, new Uri(address, path)) { Content = JsonContent.Create(body) };
                using var response = await _http.SendAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    var answer = (await response.Content.ReadFromJsonAsync<Answer>(cancellationToken))!;
                    ledger.Acknowledge(answer.Id, answer.Version);
                    return answer;
                }
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
        {
            // No answer: the sender has ended, or stands still.
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }

        ledger.NotAnswered();
        return null;
    }

    /// <summary>What a service answers to a change that it has made.</summary>
    public sealed record Answer(Guid Id, string Name, long Version);
}

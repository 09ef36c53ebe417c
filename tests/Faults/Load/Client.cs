using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Faults.Running;

namespace Faults.Load;

/// <summary>Changes entities through the public API of random senders, and writes into the ledger what it was told.</summary>
internal sealed class Client(DemoSystem system, Ledger ledger, Random random) : IDisposable
{
    private const int Entities = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    // Every request has a connection of its own: on a used one, HttpClient may repeat a request that was lost, and not say so.
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = Patience };

    /// <summary>Works until it is told to end. What it has begun it finishes.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await ChangeAsync(end);
            await Task.Delay(random.Next(5, 40), CancellationToken.None);
        }
    }

    /// <summary>Creates an entity through one sender. Repeats the request with the same key until it is answered.</summary>
    /// <returns>The entity. Null if it was told to end before.</returns>
    public async Task<Guid?> CreateWithKeyAsync(Func<Replica> sender, CancellationToken end)
    {
        var (name, value) = (ledger.NextName(), random.Next(1, 1_000_000));
        while (!end.IsCancellationRequested)
        {
            if (await AttemptAsync(sender(), Verb.Create, name, null, value, null, key: name) is { Outcome: Outcome.Done } done)
            {
                return done.Entity;
            }

            await Task.Delay(RetryDelay, CancellationToken.None);
        }

        return null;
    }

    public void Dispose() => _http.Dispose();

    private Replica AnySender() => system.Senders[random.Next(system.Senders.Count)];

    private async Task ChangeAsync(CancellationToken end)
    {
        var (name, value, entity) = (ledger.NextName(), random.Next(1, 1_000_000), ledger.PickEntity(random));
        var choice = ledger.LiveEntities < Entities ? random.Next(100) : random.Next(40, 100);
        if (choice < 20 || entity is null)
        {
            await CreateWithKeyAsync(AnySender, end);
        }
        else if (choice < 40)
        {
            // Twice with one key, without need.
            var key = choice < 25 ? name : null;
            await AttemptAsync(AnySender(), Verb.Create, name, null, value, null, key);
            if (key is not null)
            {
                await AttemptAsync(AnySender(), Verb.Create, name, null, value, null, key);
            }
        }
        else
        {
            long? ifMatch = random.Next(2) == 0 && ledger.KnownVersion(entity) is > 0 and var known ? known : null;
            await AttemptAsync(AnySender(), choice < 92 ? Verb.Update : Verb.Delete, name, entity, value, ifMatch, key: null);
        }
    }

    private async Task<Attempt> AttemptAsync(
        Replica sender, Verb verb, string name, Guid? entity, decimal value, long? ifMatch, string? key)
    {
        var attempt = new Attempt(name, verb, entity, value, ifMatch, ledger.KnownVersion(entity), Outcome.Unknown, null, null);
        if (sender.Address is not { } address)
        {
            ledger.CountAnswer("not sent");
            return attempt; // nothing was sent, so there is nothing to write down
        }

        using var request = RequestOf(address, attempt, key);
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var response = await _http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            (attempt, var complaint) = Answer.Read(attempt, response.StatusCode, body);
            Complain(complaint, sender);
            if (response.StatusCode is HttpStatusCode.NotFound && entity is { } gone)
            {
                ledger.Forget(gone);
            }

            ledger.CountAnswer(((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
        {
            ledger.CountAnswer(exception is TaskCanceledException ? "no answer" : "connection lost");
        }

        // A process that is paused cannot answer.
        Complain(sender.WasPausedSince(started) ? null : Answer.ComplaintAbout(Stopwatch.GetElapsedTime(started)), sender);
        ledger.Add(attempt);
        return attempt;
    }

    private void Complain(string? complaint, Replica sender)
    {
        if (complaint is not null)
        {
            ledger.Complain($"{sender}: {complaint}");
        }
    }

    private static HttpRequestMessage RequestOf(Uri address, Attempt attempt, string? key)
    {
        var path = attempt.Verb is Verb.Create ? "/api/EntityItems" : $"/api/EntityItems/{attempt.Entity}";
        var method = attempt.Verb switch { Verb.Create => HttpMethod.Post, Verb.Update => HttpMethod.Put, _ => HttpMethod.Delete };
        var request = new HttpRequestMessage(method, new Uri(address, path));
        if (attempt.Verb is not Verb.Delete)
        {
            request.Content = JsonContent.Create(new { name = attempt.Name, value = attempt.Value });
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (attempt.IfMatch is { } version)
        {
            request.Headers.Add("If-Match", string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));
        }

        return request;
    }
}

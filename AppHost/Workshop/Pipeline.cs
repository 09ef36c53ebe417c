using AppHost.Workshop.Acting;
using AppHost.Workshop.Watching;
using AppHost.Workshop.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AppHost.Workshop;

/// <summary>Everything behind the page: it reads the truth as long as somebody looks, and does what the buttons say.</summary>
internal sealed class Pipeline : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ReceiverInterval = TimeSpan.FromMilliseconds(500);

    private readonly DemoSystem _system;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Dots _dots = new();
    private readonly Story _story;
    private readonly Parts _parts;
    private readonly BrokerQueue _queue;
    private readonly Ledger _ledger;
    private readonly Load _load;
    private readonly string? _dashboard;
    private Trouble? _trouble;
    private MessageDetails? _details;

    public Pipeline(DemoSystem system, IServiceProvider services, string? dashboard)
    {
        (_system, _dashboard, Feed, _story) = (system, dashboard, new(_dots), new(_time));
        _parts = new(
            system,
            services.GetRequiredService<ResourceNotificationService>(),
            services.GetRequiredService<ResourceCommandService>(),
            _story);
        _queue = new(system, _dots);
        _ledger = new(() => _parts.Addresses(system.Receivers), _story);
        _load = new(() => _parts.Addresses(system.Senders), _ledger, _story);
    }

    /// <summary>What the browsers are told.</summary>
    public Feed Feed { get; }

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        // What needs no database comes first: a database may never be there, and the page says so.
        var always = Task.WhenAll(
            _parts.WatchAsync(stopping),
            _load.StreamAsync(() => Feed.Watched, stopping),
            WatchAsync("parts", _ => Task.FromResult<object>(_parts.All), stopping),
            WatchAsync("queue", _queue.ReadAsync, stopping),
            TickAsync(stopping));
        await using var senderDb = await OpenAsync(_system.SenderDatabase, stopping);
        await using var receiverDb = await OpenAsync(_system.ReceiverDatabase, stopping);
        var sender = new SenderDatabase(senderDb, _dots, _time);
        var receiver = new ReceiverDatabase(receiverDb, _dots);
        (_trouble, _details) = (new(_queue, _load, _ledger, senderDb, _story), new(senderDb, receiverDb, _dashboard));
        await Task.WhenAll(
            always,
            WatchAsync("outbox", sender.ReadAsync, stopping),
            WatchAsync("inbox", receiver.ReadAsync, stopping),
            WatchAsync("ledger", _ => Task.FromResult(_ledger.Read(IsQuiet(sender), KeptAside())), stopping),
            AskAsync(stopping));
    }

    /// <summary>A message with everything that the tables have of it.</summary>
    public async Task<IResult> DescribeAsync(Guid id, CancellationToken cancellationToken) =>
        _details is null ? Results.NotFound() : await _details.ReadAsync(id, cancellationToken);

    /// <summary>Does what a button says.</summary>
    /// <returns>Why it was not done. Null if it was.</returns>
    public async Task<string?> ActAsync(string action, int count, CancellationToken cancellationToken)
    {
        switch (action)
        {
            case "post":
                await _load.PostAsync(Math.Clamp(count, 1, 1000), cancellationToken);
                return null;
            case "update":
                await _load.UpdateAsync(Math.Clamp(count, 1, 100), cancellationToken);
                return null;
            case "stream":
                _load.Stream(count);
                return null;
            case "outage":
                return await _parts.DoAsync(_system.Broker.Name, action, cancellationToken);
            default:
                return _trouble is null ? "The databases are not known yet." : await _trouble.MakeAsync(action, cancellationToken);
        }
    }

    /// <summary>Stops, starts, kills, pauses or continues a part of the system.</summary>
    /// <returns>Why it was not done. Null if it was.</returns>
    public async Task<string?> BreakAsync(string name, string action, CancellationToken cancellationToken)
    {
        var problem = await _parts.DoAsync(name, action, cancellationToken);
        if (problem is null && action is "pause" or "continue")
        {
            _story.Tell(action is "pause" ? Happenings.Paused : Happenings.Continued, name);
        }

        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        _parts.Dispose();
        _load.Dispose();
        await _queue.DisposeAsync();
    }

    private bool IsQuiet(SenderDatabase sender) => sender.Quiet.IsNow && _queue.Quiet.IsNow && !_load.IsBusy;

    private HashSet<Guid> KeptAside() =>
        [.. _dots.OnTheWay.Where(dot => dot.Stage is Stage.Refused or Stage.Failed).Select(dot => dot.Entity)];

    /// <summary>Reads a section of the page again and again. Each has a loop of its own, so one that hangs delays no other.</summary>
    private async Task WatchAsync(
        string section, Func<CancellationToken, Task<object>> read, CancellationToken stopping, TimeSpan? interval = null)
    {
        using var timer = new PeriodicTimer(interval ?? Interval);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            await Feed.Watched.WaitAsync(stopping);
            try
            {
                Feed.Set(section, await read(stopping));
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                // It is away, or has no tables yet. That is part of the show.
                Feed.Set($"{section}Problem", exception.Message);
                continue;
            }

            Feed.Set($"{section}Problem", "");
        }
    }

    /// <summary>Asks the receiver, whose answer may take long and costs more.</summary>
    private Task AskAsync(CancellationToken stopping) => WatchAsync(
        "receiver",
        async token =>
        {
            await _ledger.AskAsync(token);
            return true;
        },
        stopping,
        ReceiverInterval);

    private async Task TickAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            await Feed.Watched.WaitAsync(stopping);
            Feed.Set("story", _story.Entries);
            Feed.Set("stream", _load.Rate);
            Feed.Set("refusedMissing", _system.HasArtemis ? "" : "Only Artemis refuses such a message. RabbitMQ takes it.");
            Feed.Tick();
        }
    }

    private static async Task<NpgsqlDataSource> OpenAsync(IResourceWithConnectionString database, CancellationToken cancellationToken)
    {
        // Known as soon as the ports are.
        var address = await database.GetConnectionStringAsync(cancellationToken);
        return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(address)
        {
            ApplicationName = "workshop",
            MaxPoolSize = 4,
            Timeout = 2,
            CommandTimeout = 2,
            CancellationTimeout = 500,
        });
    }
}

namespace Benchmarks.EndToEnd;

/// <summary>A sender and a receiver: ours, or those of a peer.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Sender">The project of the sender.</param>
/// <param name="Receiver">The project of the receiver.</param>
/// <param name="SenderSettings">More settings of the sender.</param>
/// <param name="ReceiverSettings">More settings of the receiver.</param>
internal sealed record Contender(string Name, string Sender, string Receiver, string[] SenderSettings, string[] ReceiverSettings)
{
    /// <summary>The services of this solution.</summary>
    public static Contender Ours { get; } = new("OutboxDemo", "SenderService", "ReceiverService", [], []);
}

/// <summary>The processes of a system, with databases and a queue of their own.</summary>
internal sealed class Pair : IAsyncDisposable
{
    /// <summary>Seldom, so as not to take the processor from those who are measured. Figures come from the times of the commits.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    private readonly string[] _receiverSettings;
    private readonly Contender _system;
    private readonly TcpWire? _wire;
    private ServiceInstance? _receiver;

    private Pair(Contender system, TcpWire? wire, string[] receiverSettings) =>
        (_system, _wire, _receiverSettings) = (system, wire, receiverSettings);

    public required ServiceInstance Sender { get; init; }

    public ServiceInstance Receiver => _receiver ?? throw new InvalidOperationException("It is not started yet.");

    public required string SenderDatabase { get; init; }

    public required string ReceiverDatabase { get; init; }

    /// <summary>The entities that are there from the beginning, at both ends.</summary>
    public Guid[] Entities { get; private set; } = [];

    /// <summary>Processor time of both processes. A receiver that was started again begins at 0.</summary>
    public TimeSpan ProcessorTime => Sender.ProcessorTime + (Receiver.HasExited ? TimeSpan.Zero : Receiver.ProcessorTime);

    /// <param name="infrastructure">Database server and broker.</param>
    /// <param name="system">The programs.</param>
    /// <param name="entities">How many entities are there from the beginning, without messages.</param>
    /// <param name="hasWire">True if the sender reaches the broker by a wire, which can be cut.</param>
    public static async Task<Pair> StartAsync(Infrastructure infrastructure, Contender system, int entities = 0, bool hasWire = false)
    {
        var broker = new Uri(infrastructure.Broker);
        var wire = hasWire ? new TcpWire(broker.Host, broker.Port) : null;
        var queue = Infrastructure.NewQueue();
        var (senderDatabase, receiverDatabase) =
            (await infrastructure.CreateServiceDatabaseAsync(), await infrastructure.CreateServiceDatabaseAsync());
        var sender = await ReleasedService.StartAsync(
            system.Sender,
            [
                $"ConnectionStrings:senderdb={senderDatabase}",
                $"ConnectionStrings:artemis={wire?.Reroute(infrastructure.Broker) ?? infrastructure.Broker}",
                $"Outbox:Queue={queue}",
                .. system.SenderSettings,
            ]);
        string[] receiverSettings =
        [
            $"ConnectionStrings:receiverdb={receiverDatabase}",
            $"ConnectionStrings:artemis={infrastructure.Broker}",
            $"Inbox:Queue={queue}",
            .. system.ReceiverSettings,
        ];
        var pair = new Pair(system, wire, receiverSettings)
        {
            Sender = sender,
            SenderDatabase = senderDatabase,
            ReceiverDatabase = receiverDatabase,
        };
        try
        {
            await pair.StartReceiverAsync();
            await pair.SeedAsync(entities);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    public Task StopReceiverAsync() => Receiver.StopAsync();

    public async Task RestartReceiverAsync()
    {
        await Receiver.DisposeAsync();
        await StartReceiverAsync();
    }

    public void CutBroker() => _wire!.Cut();

    public void RestoreBroker() => _wire!.Restore();

    /// <summary>Number of changes that the receiver has not applied yet.</summary>
    public async Task<long> CountBehindAsync()
    {
        const string Sum = "SELECT coalesce(sum(version), 0)::bigint FROM entity_items";

        // The receiver first: what is committed in between counts as behind.
        var applied = await Sql.ScalarAsync<long>(ReceiverDatabase, Sum);
        return await Sql.ScalarAsync<long>(SenderDatabase, Sum) - applied;
    }

    /// <summary>Waits until everything is applied.</summary>
    /// <returns>The number of changes that are still not applied at the end of the time.</returns>
    public async Task<long> DrainAsync(TimeSpan timeout)
    {
        using var end = new CancellationTokenSource(timeout);
        var behind = await CountBehindAsync();
        while (behind > 0 && !end.IsCancellationRequested)
        {
            await Task.Delay(PollInterval);
            behind = await CountBehindAsync();
        }

        return behind;
    }

    /// <summary>Sends changes until both programs are compiled, and waits until they are applied.</summary>
    /// <param name="batch">How many at once.</param>
    public Task WarmUpAsync(int batch = 2_000) => WarmUp.RunAsync(
        async () =>
        {
            using var load = new Load(Sender.Address!, connections: 16, Entities);
            await load.RunAsync(batch);
            await DrainAsync(TimeSpan.FromMinutes(1));
        },
        () => ProcessorTime);

    /// <summary>Begins to note the times of the commits.</summary>
    public async Task LogCommitsAsync()
    {
        await CommitLog.CreateAsync(SenderDatabase);
        await CommitLog.CreateAsync(ReceiverDatabase);
    }

    /// <summary>Forgets the times of the commits so far.</summary>
    public async Task ForgetAsync()
    {
        await CommitLog.ClearAsync(SenderDatabase);
        await CommitLog.ClearAsync(ReceiverDatabase);
    }

    public Task<CommitTimes> ReadCommitTimesAsync() => CommitLog.ReadAsync(SenderDatabase, ReceiverDatabase);

    public async ValueTask DisposeAsync()
    {
        await Sender.DisposeAsync();
        if (_receiver is not null)
        {
            await _receiver.DisposeAsync();
        }

        if (_wire is not null)
        {
            await _wire.DisposeAsync();
        }
    }

    private async Task StartReceiverAsync() => _receiver = await ReleasedService.StartAsync(_system.Receiver, _receiverSettings);

    private async Task SeedAsync(int entities)
    {
        const string Columns = "id, name, value, version, created_at, updated_at";
        var rows = $"SELECT md5(i::text)::uuid, 'seed', 1, 1, now(), now() FROM generate_series(1, {entities}) AS i";
        await Sql.ExecuteAsync(SenderDatabase, $"INSERT INTO entity_items ({Columns}) {rows}");
        await Sql.ExecuteAsync(
            ReceiverDatabase, $"INSERT INTO entity_items ({Columns}, is_deleted) SELECT *, false FROM ({rows}) AS seed");
        Entities = await Sql.ScalarAsync<Guid[]>(SenderDatabase, "SELECT coalesce(array_agg(id), '{}') FROM entity_items");
        await Sql.ExecuteAsync(SenderDatabase, "VACUUM ANALYZE entity_items");
        await Sql.ExecuteAsync(ReceiverDatabase, "VACUUM ANALYZE entity_items");
    }
}

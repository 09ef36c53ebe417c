using System.Globalization;
using Faults.Running;
using Faults.Strikes;
using Faults.Verdict;
using Npgsql;

namespace Faults.Tests.Verdict;

/// <summary>What is forged in the databases is in the evidence.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    /// <summary>The columns that the audit and the evidence look at.</summary>
    private const string Tables = """
        CREATE TABLE inbox_messages (message_id uuid PRIMARY KEY);
        CREATE TABLE entity_items (id uuid PRIMARY KEY, version bigint, is_deleted boolean DEFAULT false, name text, value numeric);
        CREATE TABLE dead_letters (id bigint);
        CREATE TABLE outbox_messages (
            message_id uuid, aggregate_id uuid, aggregate_version bigint, type text, payload jsonb, status text);
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("audit-").FullName;
    private readonly Guid _id = Guid.NewGuid();
    private Server _server = null!;
    private string _database = "";

    public async Task InitializeAsync()
    {
        var port = Ports.Take();
        _server = Servers.Postgres(Path.Combine(_folder, "postgres"), "forged", port);
        _database = string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={port};Database=forged;Username=postgres;Password={Servers.Password};Pooling=false");
        await _server.StartAsync();
        await _server.WaitUntilListeningAsync();
        await Eventually.GetAsync(IsUpAsync, isUp => isUp);
        await Sql.ExecuteAsync(_database, Tables);
        await Audit.InstallAsync(_database);
    }

    public async Task DisposeAsync()
    {
        await _server.EndAsync(keepsData: false);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_happens_twice_or_goes_back_is_in_the_evidence_and_what_is_rolled_back_is_not()
    {
        await DeliverAsync();
        await DeliverAsync();
        await Sql.ExecuteAsync(_database, $"BEGIN; INSERT INTO inbox_messages VALUES ('{Guid.NewGuid()}'); ROLLBACK");
        await ApplyAsync(version: 2);
        await ApplyAsync(version: 2);
        await Sql.ExecuteAsync(_database, "UPDATE entity_items SET version = 1; INSERT INTO dead_letters VALUES (1)");
        await Sql.ExecuteAsync(_database, $$"""
            INSERT INTO outbox_messages VALUES ('{{_id}}', '{{_id}}', 1, 'EntityItemCreated', '{"name": "one", "value": 1.5}', 'Pending')
            """);

        var evidence = await Evidence.CollectAsync(_database, _database);

        Assert.Equal((2, _id, 1), (evidence.Deliveries, Assert.Single(evidence.Inbox), evidence.DeadLetters));
        Assert.Equal($"{_id} version 2", Assert.Single(evidence.AppliedTwice));
        Assert.Equal([$"{_id} from 2 to 1"], evidence.WentBack);
        Assert.Equal(new Published(_id, _id, 1, "EntityItemCreated", "one", 1.5m, "Pending"), Assert.Single(evidence.Outbox));
        Assert.Equal(new State(_id, 1, IsDeleted: false, "one", 1.5m), evidence.Receiver[_id]);
    }

    [Fact]
    public async Task A_duplicate_belongs_to_the_strike_during_which_it_came()
    {
        await DeliverAsync();
        var began = TimeProvider.System.GetUtcNow();
        await DeliverAsync();
        var fault = new Fault("sender-1", TimeSpan.Zero, () => Task.CompletedTask, () => Task.CompletedTask) { Kind = "SIGKILL" };
        var strike = new Strike([fault], began) { Ended = TimeProvider.System.GetUtcNow() };
        await DeliverAsync();

        var duplicates = await Duplicates.ByCauseAsync(_database, [strike]);
        Assert.Equal(new Dictionary<string, int> { ["SIGKILL"] = 1, ["nothing"] = 1 }, duplicates);
    }

    private Task<int> DeliverAsync() =>
        Sql.ExecuteAsync(_database, $"INSERT INTO inbox_messages VALUES ('{_id}') ON CONFLICT DO NOTHING");

    private Task<int> ApplyAsync(long version) => Sql.ExecuteAsync(
        _database,
        string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO entity_items AS known (id, version, name, value) VALUES ('{_id}', {version}, 'one', 1.5)
            ON CONFLICT (id) DO UPDATE SET version = excluded.version WHERE known.version < excluded.version
            """));

    private async Task<bool> IsUpAsync()
    {
        try
        {
            return await Sql.ScalarAsync<bool>(_database, "SELECT true");
        }
        catch (NpgsqlException exception) when (exception.IsTransient)
        {
            return false; // it starts
        }
    }
}

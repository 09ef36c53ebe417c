using Messaging.Tests.Outbox;
using Npgsql;
using ServiceDefaults.Data;

namespace Messaging.Tests.Data;

/// <summary>The settings of connections: the defaults, and what wins over them.</summary>
[Collection(MessagingSuite.Name)]
public sealed class DatabaseSourceTests(Infrastructure infrastructure)
{
    [Theory]
    [InlineData("idle_in_transaction_session_timeout", "5s")]
    [InlineData("tcp_keepalives_idle", "5")]
    [InlineData("default_transaction_isolation", "read committed")]
    public async Task A_session_has_bounds_and_reads_what_is_committed(string setting, string value)
    {
        var database = await infrastructure.CreateDatabaseAsync();
        await Sql.SetForDatabaseAsync(database, "default_transaction_isolation", "serializable");
        Assert.Equal(value, await Sql.ScalarAsync<string>(Source(database).ConnectionString, $"SHOW {setting}"));
    }

    [Fact]
    public async Task What_the_connection_string_says_wins_over_the_defaults()
    {
        var database = await infrastructure.CreateDatabaseAsync();
        var source = Source(
            $"{database};Max Auto Prepare=0;Command Timeout=77;Cancellation Timeout=88;Options=-c idle_in_transaction_session_timeout=9s");
        var settings = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        Assert.Equal((0, 77, 88), (settings.MaxAutoPrepare, settings.CommandTimeout, settings.CancellationTimeout));
        Assert.Equal("9s", await Sql.ScalarAsync<string>(source.ConnectionString, "SHOW idle_in_transaction_session_timeout"));
        Assert.Equal("5", await Sql.ScalarAsync<string>(source.ConnectionString, "SHOW tcp_keepalives_idle"));
    }

    /// <summary>A pooler refuses the options with which a session begins, and prepared statements get lost in it.</summary>
    [Fact]
    public void Beside_a_direct_connection_string_the_other_one_leads_to_a_pooler()
    {
        var source = new DatabaseSource<OrderDbContext>("db", "Host=pooler", "Host=server", configure: null);
        var pooled = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        Assert.Equal(("pooler", 0, null, 5), (pooled.Host, pooled.MaxAutoPrepare, pooled.Options, pooled.CommandTimeout));
        using var direct = source.Create(_ => { });
        Assert.Contains("Host=server", direct.ConnectionString, StringComparison.Ordinal);
    }

    private static DatabaseSource<OrderDbContext> Source(string database) => new("db", database, direct: null, configure: null);
}

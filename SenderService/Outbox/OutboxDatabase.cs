using Npgsql;
using ServiceDefaults.Data;

namespace SenderService.Outbox;

/// <summary>The outbox's database as the relay uses it: by sessions of its own, beside those of the DbContext.</summary>
internal sealed class OutboxDatabase(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = CreateSource(connectionString);

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static NpgsqlDataSource CreateSource(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "outbox-relay",

            // Closing a connection must end its session, and the lock with it.
            Pooling = false,

            // A server that is gone without a word is noticed while waiting too.
            KeepAlive = 5,
        };
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).TraceOnlyWithinSpans().Build();
    }
}

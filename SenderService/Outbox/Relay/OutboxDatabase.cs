using Npgsql;
using ServiceDefaults.Data;

namespace SenderService.Outbox.Relay;

/// <summary>The outbox's database as the relay uses it: by sessions of its own, beside those of the DbContext.</summary>
/// <param name="connectionString">The server and the database.</param>
/// <param name="instance">Whose relay this is, for those who look at the server's sessions.</param>
internal sealed class OutboxDatabase(string connectionString, string instance) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _sessions = CreateSource(connectionString, instance, settings =>
    {
        // Closing a connection must end its session, and the locks with it.
        settings.Pooling = false;

        // A server that is gone without a word is noticed while waiting too.
        settings.KeepAlive = 5;

        // A batch is a megabyte or more; with the usual 8 KB the relay would wake up for every dozen rows.
        settings.ReadBufferSize = 128 * 1024;

        // The same few statements again and again: planned once per session.
        settings.MaxAutoPrepare = 20;
    });

    /// <summary>For single statements that nothing depends on.</summary>
    public NpgsqlDataSource Pooled { get; } = CreateSource(connectionString, instance, settings => settings.MaxPoolSize = 1);

    /// <summary>Opens a session that ends with the connection.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _sessions.OpenConnectionAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _sessions.DisposeAsync();
        await Pooled.DisposeAsync();
    }

    private static NpgsqlDataSource CreateSource(string connectionString, string instance, Action<NpgsqlConnectionStringBuilder> configure)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = $"outbox-relay of {instance}" };
        configure(settings);
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).TraceOnlyWithinSpans().Build();
    }
}

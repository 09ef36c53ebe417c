namespace Messaging.Outbox.Relay;

/// <summary>Opens the relay's own sessions, beside the connections of the DbContext.</summary>
/// <param name="sessions">Connects as the DbContext does. Each of its connections is a session of its own.</param>
/// <param name="ready">Completes when the tables are there.</param>
internal sealed class OutboxDatabase(NpgsqlDataSource sessions, Task ready) : IAsyncDisposable
{
    /// <param name="settings">The settings of the DbContext, to be changed into those of a session.</param>
    /// <param name="instance">Name of this instance of the service, for those who look at the server's sessions.</param>
    public static void Configure(NpgsqlConnectionStringBuilder settings, string instance)
    {
        settings.ApplicationName = $"outbox-relay of {instance}";

        // To close a connection must end its session, and its locks with it.
        settings.Pooling = false;

        // Detects, even while waiting, a server that is gone without a word.
        settings.KeepAlive = 5;

        // A batch is a megabyte or more. With the default of 8 KB the relay would wake up for every dozen rows.
        settings.ReadBufferSize = 128 * 1024;
    }

    /// <summary>Waits until the tables are there, and opens a session that ends with the connection.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await ready.WaitAsync(cancellationToken);
        return await sessions.OpenConnectionAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => sessions.DisposeAsync();
}

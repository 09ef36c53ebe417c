using Npgsql.Replication;

namespace Messaging.Outbox.Wal;

/// <summary>Opens connections that read the write-ahead log of the service's database.</summary>
/// <param name="connectionString">
/// Leads to the server itself. It has the password: Npgsql opens such a connection without a data source, so without its password provider.
/// </param>
internal sealed class LogDatabase(string connectionString)
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(10);

    /// <param name="settings">The settings of the DbContext, to be changed into those of a connection that reads the log.</param>
    /// <param name="instance">Name of this instance of the service, for those who look at the server's sessions.</param>
    public static void Configure(NpgsqlConnectionStringBuilder settings, string instance)
    {
        settings.ApplicationName = $"outbox-log of {instance}";

        // The server takes the slot away from a reader that is silent. A live one reports every second.
        settings.Options = $"{settings.Options} -c wal_sender_timeout=4s";
        settings.ReadBufferSize = 128 * 1024;
    }

    /// <summary>Connects to the server of a session. Where there are several, Npgsql can ask a session which one is the primary.</summary>
    public async Task<LogicalReplicationConnection> OpenAsync(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        var address = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = session.Host,
            Port = session.Port,
            TargetSessionAttributes = null,
        };
        var connection = new LogicalReplicationConnection(address.ConnectionString)
        {
            WalReceiverStatusInterval = StatusInterval,
            WalReceiverTimeout = SilenceTimeout,
        };
        try
        {
            await connection.Open(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

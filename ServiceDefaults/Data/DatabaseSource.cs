using System.Diagnostics;

namespace ServiceDefaults.Data;

/// <summary>
/// How the database of <typeparamref name="TContext"/> is reached. The DbContext and whoever needs connections of another kind use the same
/// configuration, so that a credential provider (Azure, AWS, Vault) reaches all of them.
/// </summary>
public sealed class DatabaseSource<TContext> : IAsyncDisposable
    where TContext : DbContext
{
    /// <summary>
    /// A statement that comes again and again is planned once per connection. Otherwise planning is half of a batch's work. A connection
    /// that is lost in silence is given up after 6 seconds, a little later than the server does. The kernel notices it too, within a
    /// minute, while a statement without a time limit runs.
    /// </summary>
    private const string Defaults = $"Max Auto Prepare=20;{Timeouts}";

    /// <summary>
    /// A pooler in transaction mode gives each transaction another session. What was prepared in one is missing in the next.
    /// </summary>
    private const string PooledDefaults = $"Max Auto Prepare=0;No Reset On Close=true;{Timeouts}";

    /// <summary>
    /// A database that falls silent costs a request 9 seconds at most. Npgsql waits 5 for the statement, 3 for the connection by which it
    /// cancels it, and 1 for the effect. Where GSS encryption is allowed, it tries that connection twice.
    /// </summary>
    private const string Timeouts = "Timeout=3;Command Timeout=5;Cancellation Timeout=1000;"
        + "GSS Encryption Mode=Disable;Tcp Keepalive Time=10;Tcp Keepalive Interval=5";

    /// <summary>
    /// What the server does with a session whose client is lost in silence. It ends an open transaction after 5 seconds, and its locks with
    /// it. Without this, others would wait for the locks until TCP gives up, two hours by default.
    /// <para>Statements outside a transaction are written for READ COMMITTED too, whatever the default of the database is.</para>
    /// </summary>
    private const string Bounds =
        "-c idle_in_transaction_session_timeout=5s -c tcp_user_timeout=5s"
        + " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=5"
        + @" -c default_transaction_isolation=read\ committed";

    private readonly string _connectionName;
    private readonly string _direct;
    private readonly Action<NpgsqlDataSourceBuilder>? _configure;
    private readonly Lazy<NpgsqlDataSource>? _beside;

    /// <param name="connectionName">Name of the connection string.</param>
    /// <param name="connectionString">For the DbContext. Whatever it says itself wins over the defaults.</param>
    /// <param name="direct">Leads to the server, past a pooler. Null if <paramref name="connectionString"/> does.</param>
    /// <param name="configure">Configures all connections.</param>
    public DatabaseSource(string connectionName, string connectionString, string? direct, Action<NpgsqlDataSourceBuilder>? configure)
    {
        _connectionName = connectionName;
        _direct = WithBounds(direct ?? connectionString);
        _configure = configure;
        ConnectionString = direct is null ? _direct : $"{PooledDefaults};{connectionString}";
        _beside = direct is null ? null : new(() => Create(_ => { }));
    }

    /// <summary>The connection string of the DbContext, with the defaults.</summary>
    public string ConnectionString { get; }

    /// <summary>Creates a data source to the server itself with other settings. The caller disposes it.</summary>
    public NpgsqlDataSource Create(Action<NpgsqlConnectionStringBuilder> change)
    {
        var source = new NpgsqlDataSourceBuilder(_direct);
        Configure(source);
        change(source.ConnectionStringBuilder);
        return source.Build();
    }

    /// <summary>
    /// The address of the server itself with other settings, for connections that no data source opens. They get no password from a
    /// provider.
    /// </summary>
    public string DirectConnectionString(Action<NpgsqlConnectionStringBuilder> change)
    {
        var settings = new NpgsqlConnectionStringBuilder(_direct);
        change(settings);
        return settings.ConnectionString;
    }

    /// <summary>Connects a DbContext to the server itself, past a pooler, until the result is disposed.</summary>
    public IDisposable ConnectDirectly(DbContext db) => new DirectConnection(db, _beside?.Value);

    /// <summary>Checks that the server gives this service sessions.</summary>
    /// <exception cref="Startup.ConfigurationException">A pooler in transaction mode is in between.</exception>
    internal async Task ThrowIfPooledAsync(CancellationToken cancellationToken)
    {
        await using var sessions = Create(settings => (settings.Pooling, settings.MaxAutoPrepare) = (false, 0));
        await TransactionPooler.ThrowIfBetweenAsync(sessions, _connectionName, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_beside is { IsValueCreated: true, Value: { } beside })
        {
            await beside.DisposeAsync();
        }
    }

    internal void Configure(NpgsqlDataSourceBuilder source)
    {
        // A statement gets a span only inside another span. Otherwise polls and probes, one per second, would hide what one looks for.
        source.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => Activity.Current is { Recorded: true })
            .EnablePhysicalOpenTracing(false));
        _configure?.Invoke(source);
    }

    /// <summary>Of a setting that comes twice, the later one wins. So does an option of the server.</summary>
    private static string WithBounds(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder($"{Defaults};{connectionString}");
        settings.Options = $"{Bounds} {settings.Options}".TrimEnd();
        return settings.ConnectionString;
    }

    private sealed class DirectConnection : IDisposable
    {
        private readonly DbContext? _db;

        public DirectConnection(DbContext db, NpgsqlDataSource? direct)
        {
            if (direct is not null)
            {
                _db = db;
                db.Database.SetDbConnection(direct.CreateConnection(), contextOwnsConnection: true);
            }
        }

        /// <summary>The DbContext comes from a pool. Its next user gets a connection as usual.</summary>
        public void Dispose() => _db?.Database.SetDbConnection(null, contextOwnsConnection: true);
    }
}

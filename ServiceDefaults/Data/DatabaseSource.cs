using System.Diagnostics;

namespace ServiceDefaults.Data;

/// <summary>
/// How the database of <typeparamref name="TContext"/> is reached. The DbContext and whoever needs connections of another kind use the same
/// configuration, so that a credential provider (Azure, AWS, Vault) reaches all of them.
/// </summary>
public sealed class DatabaseSource<TContext>(string connectionString, Action<NpgsqlDataSourceBuilder>? configure)
    where TContext : DbContext
{
    /// <summary>Creates a data source with other settings. The caller disposes it.</summary>
    public NpgsqlDataSource Create(Action<NpgsqlConnectionStringBuilder> change)
    {
        var source = new NpgsqlDataSourceBuilder(connectionString);
        Configure(source);
        change(source.ConnectionStringBuilder);
        return source.Build();
    }

    internal void Configure(NpgsqlDataSourceBuilder source)
    {
        // A statement gets a span only inside another span. Otherwise polls and probes, one per second, would hide what one looks for.
        source.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => Activity.Current is { Recorded: true })
            .EnablePhysicalOpenTracing(false));

        // The kernel notices a server that is gone without a word, also while a statement without a time limit runs.
        source.ConnectionStringBuilder.TcpKeepAliveTime = 10;
        source.ConnectionStringBuilder.TcpKeepAliveInterval = 5;

        // Plans a statement that comes again and again once per connection. Otherwise planning is half of a batch's work.
        source.ConnectionStringBuilder.MaxAutoPrepare = 20;
        configure?.Invoke(source);
    }
}

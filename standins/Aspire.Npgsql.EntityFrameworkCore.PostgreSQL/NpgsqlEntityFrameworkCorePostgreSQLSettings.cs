namespace Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;

/// <summary>How a DbContext reaches its PostgreSQL database; bound from <c>Aspire:Npgsql:EntityFrameworkCore:PostgreSQL</c>.</summary>
public sealed class NpgsqlEntityFrameworkCorePostgreSQLSettings
{
    /// <summary>The connection string. Defaults to <c>ConnectionStrings:&lt;name&gt;</c>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Whether a failed command is not tried again. Defaults to false.</summary>
    public bool DisableRetry { get; set; }

    /// <summary>Whether there is no health check named after the context. Defaults to false.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Whether Npgsql's spans are left out. Defaults to false.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Whether Npgsql's metrics are left out. Defaults to false.</summary>
    public bool DisableMetrics { get; set; }

    /// <summary>Seconds that a command may take. Defaults to Npgsql's own, 30.</summary>
    public int? CommandTimeout { get; set; }
}

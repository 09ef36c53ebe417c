namespace ServiceDefaults.Startup;

public static class ConnectionStringExtensions
{
    /// <summary>The connection string <c>ConnectionStrings:<paramref name="name"/></c>.</summary>
    /// <exception cref="ConfigurationException">It is not set.</exception>
    public static string GetRequiredConnectionString(this IConfiguration configuration, string name, string example) =>
        configuration.GetConnectionString(name) is { Length: > 0 } connectionString
            ? connectionString
            : throw new ConfigurationException(
                $"The connection string '{name}' is not set: start the service through the AppHost, or set the environment variable "
                + $"ConnectionStrings__{name}, for example to {example}.");

    /// <summary>The connection string of a PostgreSQL database.</summary>
    /// <exception cref="ConfigurationException">It is not set, or Npgsql cannot use it, or the services cannot.</exception>
    internal static string GetDatabaseConnectionString(this IConfiguration configuration, string name)
    {
        var example = $"\"Host=localhost;Database={name};Username=postgres;Password=…\"";
        var connectionString = configuration.GetRequiredConnectionString(name, example);
        try
        {
            var source = new NpgsqlDataSourceBuilder(connectionString);
            var reason = source.ConnectionStringBuilder switch
            {
                { Host: null or "" } => "Host is not set",
                { Multiplexing: true } => "Multiplexing must be false, because outbox and inbox need sessions of their own",
                _ => null,
            };
            if (reason is not null)
            {
                throw new ArgumentException(reason);
            }

            source.Build().Dispose();
            return connectionString;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException)
        {
            throw new ConfigurationException(
                $"The connection string '{name}' cannot be used: {ReasonOf(exception)}. "
                + $"Set ConnectionStrings:{name} to one such as {example}.");
        }
    }

    /// <summary>Npgsql names the keyword. The exception inside says what is wrong with its value.</summary>
    private static string ReasonOf(Exception exception)
    {
        var cause = exception.InnerException switch
        {
            null => "",
            KeyNotFoundException => ": there is no such keyword",
            var inner => $": {SentenceOf(inner)}",
        };
        return SentenceOf(exception) + cause;
    }

    /// <summary>The message, without the name of a parameter of Npgsql's code.</summary>
    private static string SentenceOf(Exception exception) =>
        exception.Message.Split(" (Parameter '")[0].TrimEnd('.').ReplaceLineEndings(" ");
}

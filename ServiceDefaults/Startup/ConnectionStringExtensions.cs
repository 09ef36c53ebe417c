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
}

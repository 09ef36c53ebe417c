using Aspire.Hosting.Processes;
using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// How the Aspire CLI is asked for a dashboard: addresses as arguments, keys in the environment, where no process list shows them.
/// </summary>
internal static class DashboardCommand
{
    /// <param name="cli">The Aspire CLI.</param>
    /// <param name="options">Addresses and keys.</param>
    /// <param name="resourceService">Where the resource service listens.</param>
    public static ProcessSpec Create(string cli, DashboardOptions options, Uri resourceService) => new()
    {
        FileName = cli,
        Arguments = Arguments(options),
        Environment = InheritedEnvironment.With(Environment(options, resourceService)),
        WorkingDirectory = Path.GetDirectoryName(cli)!,
    };

    internal static IReadOnlyList<string> Arguments(DashboardOptions options) =>
    [
        "dashboard", "run",
        "--frontend-url", string.Join(';', options.Frontend.Select(address => address.Url)),
        "--otlp-grpc-url", options.OtlpGrpc.Url,
        "--otlp-http-url", options.OtlpHttp.Url,
        "--non-interactive",
        "--nologo",
    ];

    /// <summary>What is added to the environment that the AppHost passes on.</summary>
    internal static IReadOnlyDictionary<string, string> Environment(DashboardOptions options, Uri resourceService)
    {
        var environment = new Dictionary<string, string>
        {
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = resourceService.ToString(),
            ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "true",
            // Where there is no ICU, .NET runs without cultures. The dashboard then ends with 134, unless it may make up those that it asks for.
            ["DOTNET_SYSTEM_GLOBALIZATION_PREDEFINED_CULTURES_ONLY"] = "false",
            // The output goes to a log.
            ["NO_COLOR"] = "1",
        };

        if (options.Keys is { } keys)
        {
            environment["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken";
            environment["DASHBOARD__FRONTEND__BROWSERTOKEN"] = keys.BrowserToken;
            environment["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey";
            environment["DASHBOARD__OTLP__PRIMARYAPIKEY"] = keys.Otlp;
            environment["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey";
            environment["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = keys.ResourceService;
        }
        else
        {
            environment["DASHBOARD__FRONTEND__AUTHMODE"] = "Unsecured";
            environment["DASHBOARD__OTLP__AUTHMODE"] = "Unsecured";
            environment["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "Unsecured";
        }

        return environment;
    }
}

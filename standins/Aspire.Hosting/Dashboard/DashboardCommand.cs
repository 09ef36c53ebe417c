namespace Aspire.Hosting.Dashboard;

/// <summary>How the Aspire CLI is asked for a dashboard: addresses as arguments, keys in the environment, where no process list shows them.</summary>
internal static class DashboardCommand
{
    public static IReadOnlyList<string> Arguments(DashboardOptions options) =>
    [
        "dashboard", "run",
        "--frontend-url", string.Join(';', options.Frontend.Select(address => address.Url)),
        "--otlp-grpc-url", options.OtlpGrpc.Url,
        "--otlp-http-url", options.OtlpHttp.Url,
        "--non-interactive",
        "--nologo",
    ];

    /// <param name="options">Addresses and keys.</param>
    /// <param name="resourceService">Where the resource service listens.</param>
    public static IReadOnlyDictionary<string, string> Environment(DashboardOptions options, Uri resourceService)
    {
        var environment = new Dictionary<string, string>
        {
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = resourceService.ToString(),
            ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "true",
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

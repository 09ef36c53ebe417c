using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Where the dashboard and what belongs to it listen, and the keys to them.</summary>
/// <param name="Frontend">The pages; the first is the one to open.</param>
/// <param name="OtlpGrpc">Takes telemetry from the services.</param>
/// <param name="OtlpHttp">Takes it as HTTP, for example from a browser.</param>
/// <param name="ResourceService">Is asked for the resources, by the dashboard.</param>
/// <param name="Keys">Null lets everybody in.</param>
internal sealed record DashboardOptions(
    IReadOnlyList<ListenAddress> Frontend,
    ListenAddress OtlpGrpc,
    ListenAddress OtlpHttp,
    ListenAddress ResourceService,
    DashboardKeys? Keys)
{
    private const string DefaultFrontend = "http://localhost:15000";

    /// <summary>The page to open: with the token in it, which the dashboard keeps as a cookie.</summary>
    public string LoginUrl => Keys is null
        ? Frontend[0].LocalUrl.AbsoluteUri
        : new Uri(Frontend[0].LocalUrl, $"/login?t={Uri.EscapeDataString(Keys.BrowserToken)}").AbsoluteUri;

    /// <summary>From the settings that Aspire has: those of the launch profile, mostly. What is not set gets a free port.</summary>
    public static DashboardOptions From(IConfiguration configuration, Func<int> reservePort) => new(
        [
            .. (FirstSet(configuration, "ASPNETCORE_URLS") ?? DefaultFrontend)
                .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(url => ListenAddress.From("ASPNETCORE_URLS", url, reservePort)),
        ],
        Address(configuration, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", reservePort),
        Address(configuration, "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", reservePort),
        Address(configuration, "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "DOTNET_RESOURCE_SERVICE_ENDPOINT_URL", reservePort),
        DashboardKeys.From(configuration));

    private static ListenAddress Address(IConfiguration configuration, string setting, string formerSetting, Func<int> reservePort) =>
        ListenAddress.From(setting, FirstSet(configuration, setting, formerSetting), reservePort);

    private static string? FirstSet(IConfiguration configuration, params IEnumerable<string> settings) =>
        settings.Select(setting => configuration[setting]).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
}

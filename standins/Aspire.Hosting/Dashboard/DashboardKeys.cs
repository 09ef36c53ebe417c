using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>What the dashboard asks of a browser and of those who send telemetry, and what this AppHost asks of the dashboard.</summary>
internal sealed record DashboardKeys(string BrowserToken, string Otlp, string ResourceService)
{
    private const int RandomLength = 32;

    /// <summary>Random for each run, unless configured. Null where everybody may come in.</summary>
    public static DashboardKeys? From(IConfiguration configuration)
    {
        if (IsAnonymous(configuration, "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS")
            || IsAnonymous(configuration, "DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"))
        {
            return null;
        }

        return new DashboardKeys(
            configuration["AppHost:BrowserToken"] ?? configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"] ?? Random(),
            configuration["AppHost:OtlpApiKey"] ?? Random(),
            configuration["AppHost:ResourceService:ApiKey"] ?? Random());
    }

    private static bool IsAnonymous(IConfiguration configuration, string setting) => configuration.GetValue<bool>(setting);

    private static string Random() => RandomNumberGenerator.GetHexString(RandomLength, lowercase: true);
}

using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using Tests.Harness;

namespace Dashboard.Tests;

/// <summary>The demo with its dashboard, started once for all tests as a process of its own, and a browser to look at it.</summary>
public sealed class DemoDashboard : IAsyncLifetime
{
    public const string OtlpKey = "the-key-of-those-who-send-telemetry";
    public const string ResourceServiceKey = "the-key-of-the-dashboard";

    private const string LoginText = "Login to the dashboard at ";

    private readonly string _volumes = $"test-{Guid.NewGuid():N}";
    private AppHostProcess? _appHost;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The pages.</summary>
    public Uri Frontend { get; } = FreeAddress();

    /// <summary>Takes telemetry as gRPC.</summary>
    public Uri Otlp { get; } = FreeAddress();

    /// <summary>Takes telemetry as HTTP.</summary>
    public Uri OtlpHttp { get; } = FreeAddress();

    /// <summary>Where the dashboard asks the AppHost.</summary>
    public Uri ResourceService { get; } = FreeAddress();

    /// <summary>The link that the AppHost has printed.</summary>
    public string LoginLink { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (DashboardFactAttribute.Missing is not null)
        {
            return;
        }

        _appHost = AppHostProcess.Start(_volumes, new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = Frontend.AbsoluteUri,
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Otlp.AbsoluteUri,
            ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = OtlpHttp.AbsoluteUri,
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = ResourceService.AbsoluteUri,
            ["AppHost__OtlpApiKey"] = OtlpKey,
            ["AppHost__ResourceService__ApiKey"] = ResourceServiceKey,
        });
        var lines = await _appHost.WrittenAsync(LoginText);
        LoginLink = lines[^1][(lines[^1].IndexOf(LoginText, StringComparison.Ordinal) + LoginText.Length)..].Trim();

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = DashboardFactAttribute.Chromium,
            // Chromium's sandbox refuses root, who runs tests in containers.
            Args = ["--no-sandbox", "--disable-gpu"],
        });
    }

    /// <summary>Opens a window of somebody whom the dashboard does not know.</summary>
    internal async Task<DashboardWindow> OpenAsync()
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Frontend.AbsoluteUri,
            Locale = "en-US",
            ViewportSize = new ViewportSize { Width = 1200, Height = 540 },
        });
        return new DashboardWindow(await context.NewPageAsync());
    }

    /// <summary>Opens a window and logs in by the printed link.</summary>
    internal async Task<DashboardWindow> LogInAsync()
    {
        var window = await OpenAsync();
        await window.Page.GotoAsync(LoginLink);
        await window.Row("sender").WaitForAsync();
        return window;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_appHost is not null)
        {
            await _appHost.EndAsync();
            _appHost.Dispose();
            await TestVolumes.RemoveAsync(_volumes);
        }
    }

    // Not one of those that the system gives to whoever asks for a free one, as the AppHost does for its resources.
    private static Uri FreeAddress()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 30_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return new Uri($"http://localhost:{port}");
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Taken: another one.
            }
        }
    }
}

/// <summary>All tests look at one dashboard, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OneDashboard : ICollectionFixture<DemoDashboard>
{
    public const string Name = "The dashboard";
}

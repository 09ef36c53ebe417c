using Microsoft.Playwright;

namespace Dashboard.Tests;

/// <summary>The demo with its dashboard, and a browser. The demo is a separate process and starts once for all tests.</summary>
public sealed class DemoDashboard : IAsyncLifetime
{
    private const string LoginText = "Login to the dashboard at ";
    private const string PipelineText = "See the pipeline, and break it, at ";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan TimeToShow = TimeSpan.FromSeconds(15);

    private readonly string _volumes = $"test-{Guid.NewGuid():N}";
    private readonly TcpWire _wire = new();
    private AppHostProcess? _appHost;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The address of its pages.</summary>
    public Uri Frontend { get; } = AppHostProcess.FreeAddress();

    /// <summary>The link that the AppHost has printed.</summary>
    public string LoginLink { get; private set; } = "";

    /// <summary>The link to the pipeline's page that the AppHost has printed.</summary>
    public Uri PipelineLink { get; private set; } = null!;

    /// <summary>
    /// The wire between the browser and the pipeline's page at "localhost". At "127.0.0.1", the same page is reached without it.
    /// </summary>
    public TcpWire PipelineWire => _wire;

    public async Task InitializeAsync()
    {
        if (DashboardFactAttribute.Missing is not null)
        {
            return;
        }

        _appHost = AppHostProcess.Start(_volumes, new Dictionary<string, string> { ["ASPNETCORE_URLS"] = Frontend.AbsoluteUri });
        LoginLink = await LinkAfterAsync(LoginText);
        PipelineLink = new(await LinkAfterAsync(PipelineText));
        _wire.Server = new("127.0.0.1", PipelineLink.Port);

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = DashboardFactAttribute.Chromium,
            // Chromium's sandbox refuses root, and tests in containers run as root.
            Args =
            [
                "--no-sandbox", "--disable-gpu",
                $"--host-resolver-rules=MAP {PipelineLink.Authority} 127.0.0.1:{_wire.Port}",
            ],
        });
    }

    /// <summary>Opens a window of a user who is not logged in.</summary>
    internal async Task<DashboardWindow> OpenAsync() => new(await NewPageAsync(new() { Width = 1200, Height = 720 }, ColorScheme.Light));

    /// <summary>Opens the pipeline's page with the printed link.</summary>
    internal async Task<PipelineWindow> OpenPipelineAsync(
        int width = 1280, ColorScheme scheme = ColorScheme.Light, bool throughWire = true)
    {
        var window = new PipelineWindow(await NewPageAsync(new() { Width = width, Height = width * 9 / 16 }, scheme));
        var link = throughWire ? PipelineLink : new UriBuilder(PipelineLink) { Host = "127.0.0.1" }.Uri;
        await window.Page.GotoAsync(link.AbsoluteUri);
        await window.LiveAsync();
        return window;
    }

    /// <summary>Sends what a button of another window of the pipeline's page sends.</summary>
    /// <returns>Why it was not done. Empty if it was.</returns>
    internal async Task<string> PostToPipelineAsync(string path)
    {
        using var client = new HttpClient { BaseAddress = new(PipelineLink, "/") };
        using var page = await client.GetAsync(PipelineLink);
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), null);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Opens a window and logs in with the printed link.</summary>
    internal async Task<DashboardWindow> LogInAsync()
    {
        var window = await OpenAsync();

        // The list of resources stays empty if the page was opened before the dashboard had reached the AppHost.
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            try
            {
                await window.Page.GotoAsync(LoginLink);
                await window.Row("sender").WaitForAsync(new LocatorWaitForOptions { Timeout = (float)TimeToShow.TotalMilliseconds });
                return window;
            }
            catch (Exception exception) when (exception is TimeoutException or PlaywrightException && !deadline.IsCancellationRequested)
            {
                // It is not there yet: try again.
            }
        }
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

        await _wire.DisposeAsync();
    }

    private async Task<string> LinkAfterAsync(string text)
    {
        var line = await _appHost!.WrittenAsync(text);
        return line[(line.IndexOf(text, StringComparison.Ordinal) + text.Length)..].Trim();
    }

    private async Task<IPage> NewPageAsync(ViewportSize size, ColorScheme scheme)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Frontend.AbsoluteUri,
            Locale = "en-US",
            ViewportSize = size,
            ColorScheme = scheme,
        });
        return await context.NewPageAsync();
    }
}

/// <summary>All tests share one dashboard. They run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OneDashboard : ICollectionFixture<DemoDashboard>
{
    public const string Name = "The dashboard";
}

using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Testing;

/// <summary>The Program of a service, in this process and on a free port. Tests use it over HTTP, and may use its services.</summary>
/// <param name="settings">Its configuration, as on a command line: <c>Outbox:Queue=…</c>.</param>
/// <typeparam name="TService">Any type of the service's assembly.</typeparam>
public sealed class ServiceHost<TService>(params IEnumerable<string> settings) : WebApplicationFactory<TService>
    where TService : class
{
    private HttpClient? _client;

    public HttpClient Client => _client ?? throw new InvalidOperationException("Call Start first.");

    public void Start()
    {
        UseKestrel();
        StartServer();
        _client = CreateClient();
    }

    /// <summary>Waits until every check is healthy, the broker's too.</summary>
    public Task WaitUntilHealthyAsync() => Eventually.HealthyAsync(HealthAsync);

    /// <summary>The health report, JSON.</summary>
    public async Task<string> HealthAsync()
    {
        using var response = await Client.GetAsync(new Uri("/health", UriKind.Relative));
        return await response.Content.ReadAsStringAsync();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");

        // Not by UseKestrel(port): that sets the address when the host may have started already.
        builder.UseSetting("urls", "http://127.0.0.1:0");
        foreach (var setting in settings)
        {
            var name = setting.Split('=')[0];
            builder.UseSetting(name, setting[(name.Length + 1)..]);
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;

namespace StandIns.Tests.Dashboard;

public sealed class DashboardOptionsTests
{
    private const int FreePort = 12345;

    [Fact]
    public void The_launch_profile_says_where_everything_listens()
    {
        var options = Options(
            ("ASPNETCORE_URLS", "http://localhost:15000"),
            ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:19000"),
            ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://localhost:20000"),
            ("AppHost:BrowserToken", "token"));

        Assert.Equal("http://localhost:15000/login?t=token", options.LoginUrl);
        Assert.Equal("http://localhost:19000", options.OtlpGrpc.Url);
        Assert.Equal(20000, options.ResourceService.Port);
        Assert.Equal(FreePort, options.OtlpHttp.Port);
    }

    [Fact]
    public void Keys_are_made_anew_for_each_run()
    {
        var one = Options().Keys!;
        var other = Options().Keys!;

        string[] keys = [one.BrowserToken, one.Otlp, one.ResourceService, other.BrowserToken, other.Otlp, other.ResourceService];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Equal(32, key.Length));
    }

    [Theory]
    [InlineData("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS")]
    [InlineData("DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS")]
    public void Anonymous_access_needs_no_keys(string setting)
    {
        var options = Options((setting, "true"));

        Assert.Null(options.Keys);
        Assert.Equal("http://localhost:15000/", options.LoginUrl);
        var environment = DashboardCommand.Environment(options, new Uri("http://127.0.0.1:1"));
        Assert.Equal("Unsecured", environment["DASHBOARD__FRONTEND__AUTHMODE"]);
    }

    [Fact]
    public void No_key_is_among_the_arguments_which_everybody_on_the_machine_can_read()
    {
        var options = Options();

        var arguments = string.Join(' ', DashboardCommand.Arguments(options));

        string[] keys = [options.Keys!.BrowserToken, options.Keys.Otlp, options.Keys.ResourceService];
        Assert.All(keys, key => Assert.DoesNotContain(key, arguments, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://0.0.0.0:15000", "http://localhost:15000/")]
    [InlineData("http://*:15000", "http://localhost:15000/")]
    [InlineData("http://127.0.0.1:15000", "http://127.0.0.1:15000/")]
    public void The_address_to_open_is_one_that_a_browser_can_open(string configured, string expected) =>
        Assert.Equal(expected, Options(("ASPNETCORE_URLS", configured)).Frontend[0].LocalUrl.ToString());

    [Fact]
    public void An_address_that_is_none_is_named()
    {
        var exception = Assert.ThrowsAny<DistributedApplicationException>(
            () => Options(("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "nonsense")));

        Assert.Contains("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL is 'nonsense'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_the_setting_to_change()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var address = ListenAddress.From("ASPNETCORE_URLS", $"http://localhost:{port}", () => FreePort);
        var exception = await Assert.ThrowsAnyAsync<DistributedApplicationException>(
            () => address.EnsureFreeAsync(TimeSpan.Zero, CancellationToken.None));

        Assert.Contains($"Port {port} is in use", exception.Message, StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_URLS", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_becomes_free_in_time_is_waited_for()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var address = ListenAddress.From("ASPNETCORE_URLS", $"http://localhost:{((IPEndPoint)other.LocalEndpoint).Port}", () => FreePort);

        var free = address.EnsureFreeAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        Assert.False(free.IsCompleted);
        other.Stop();
        await free;
    }

    private static DashboardOptions Options(params (string Name, string Value)[] settings)
    {
        var values = settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value));
        return DashboardOptions.From(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), () => FreePort);
    }
}

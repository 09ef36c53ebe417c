
namespace Dashboard.Tests;

/// <summary>The page that opens first.</summary>
[Collection(OneDashboard.Name)]
public sealed class ResourcesTests(DemoDashboard dashboard)
{
    private const string Password = "●●●●●●●●";

    [DashboardFact]
    public async Task Every_resource_is_shown_running_and_healthy_with_its_source_and_address()
    {
        await using var window = await dashboard.LogInAsync();
        var broker = Environment.GetEnvironmentVariable("ARTEMIS_HOME") is { Length: > 0 } ? "artemis.sh" : "rabbitmq.sh";
        (string Name, string Source)[] resources =
        [
            ("sender", "SenderService.csproj"), ("receiver", "ReceiverService.csproj"),
            ("artemis", broker), ("sender-postgres", "postgres.sh"), ("receiverdb", ""),
        ];
        foreach (var (name, source) in resources)
        {
            await window.State(name, "Running").WaitForAsync();
            Assert.Contains(source, await window.Row(name).Locator("td[col-index='4']").InnerTextAsync(), StringComparison.Ordinal);
        }

        // The demo runs on http.
        Assert.Equal(0, await window.Page.GetByText("certificate").CountAsync());
        await window.PictureAsync("resources");
        var swagger = await window.Row("receiver").GetByText("Swagger").GetAttributeAsync("href");
        using var client = new HttpClient();
        Assert.Contains("/api/EntityItems", await client.GetStringAsync($"{swagger}/v1/swagger.json"), StringComparison.Ordinal);
    }

    [DashboardFact]
    public async Task A_secret_is_hidden_until_the_user_asks_for_it()
    {
        await using var window = await dashboard.LogInAsync();
        await window.GotoAsync("/?view=Parameters");
        var parameter = window.Row("artemis-password");
        await parameter.GetByText(Password).WaitForAsync();
        Assert.DoesNotContain(AppHostProcess.Password, await window.Page.ContentAsync(), StringComparison.Ordinal);

        await Click.UntilSeenAsync(parameter.GetByText(AppHostProcess.Password), parameter.Locator("fluent-button[title='Show value']"));
    }

    [DashboardFact]
    public async Task The_details_of_a_service_show_its_health_check_and_its_environment_without_the_values()
    {
        await using var window = await dashboard.LogInAsync();
        await Click.UntilSeenAsync(
            window.Page.GetByText("sender_http_/health_200_check"), window.Row("sender").Locator("td[col-index='3']"));
        var variable = window.Page.Locator("tr", new() { HasText = "ConnectionStrings__artemis" });
        await variable.GetByText(Password).WaitForAsync();
        Assert.DoesNotContain(AppHostProcess.Password, await window.Page.ContentAsync(), StringComparison.Ordinal);
    }
}

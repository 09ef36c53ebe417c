using System.Net;
using SenderService.EntityItems;

namespace SenderService.Tests;

/// <summary>What the health endpoints show to strangers while the database and the broker are away.</summary>
public sealed class HealthTests
{
    private static readonly string[] Secrets = ["127.0.0.1", ":1", "Exception", "Npgsql", "refused", "reached"];

    [Fact]
    public async Task Outside_Development_health_contains_no_host_no_port_and_no_exception()
    {
        await using var sender = Start("Production");
        var health = await ReportAsync(sender);
        Assert.Contains("\"broker\":{\"status\":\"Degraded\"", health, StringComparison.Ordinal);
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, health, StringComparison.Ordinal));

        using var alive = await sender.Client.GetAsync(new Uri("/alive", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), (alive.StatusCode, await alive.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task In_Development_health_says_why_the_broker_cannot_be_reached()
    {
        await using var sender = Start("Development");
        await Eventually.GetAsync(
            () => ReportAsync(sender), health => health.Contains("The broker at 127.0.0.1:1 cannot be reached", StringComparison.Ordinal));
    }

    /// <summary>Nobody listens on port 1.</summary>
    private static ServiceHost<EntityItem> Start(string environment)
    {
        var sender = new ServiceHost<EntityItem>(
            [.. RunningSender.Settings("Host=127.0.0.1;Port=1", "amqp://nobody:x@127.0.0.1:1", "any"), $"environment={environment}"]);
        sender.Start();
        return sender;
    }

    private static async Task<string> ReportAsync(ServiceHost<EntityItem> sender)
    {
        using var response = await sender.Client.GetAsync(new Uri("/health", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}

using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using SenderService.EntityItems;
using ServiceDefaults.Startup;

namespace SenderService.Tests;

/// <summary>A service that cannot start for a reason that its user can fix says so in one sentence, and its exit code is not 0.</summary>
public sealed class StartupTests
{
    private const string Database = "ConnectionStrings:senderdb=Host=127.0.0.1;Port=1";
    private const string Broker = "ConnectionStrings:artemis=amqp://nobody:x@127.0.0.1:1";
    private static readonly Assembly Service = typeof(EntityItem).Assembly;

    [Theory]
    [InlineData("The connection string 'senderdb' is not set: ", Broker)]
    [InlineData("The connection string 'artemis' is not set: ", Database)]
    [InlineData("The connection string 'artemis' is not an AMQP address: ", Database, "ConnectionStrings:artemis=http://localhost:5672")]
    [InlineData("Outbox:BatchSize is '0': it must be a whole number, from 1 to 10000.", Database, Broker, "Outbox:BatchSize=0")]
    [InlineData("Outbox:Queue is not set: set it to the queue to publish to.", Database, Broker, "Outbox:Queue=")]
    public Task A_service_that_is_not_configured_says_what_to_do(string sentence, params string[] settings) =>
        ServiceProcess.AssertSaysWhyItCannotStartAsync(sentence, Service, settings);

    [Theory]
    [InlineData("Format of the initialization string", "postgres://user:secret@localhost/senderdb")]
    [InlineData("Couldn't set colour: there is no such keyword", "Host=127.0.0.1;Colour=red")]
    [InlineData("Couldn't set port: The input string 'abc' was not in a correct format", "Host=127.0.0.1;Port=abc")]
    [InlineData("Couldn't set timeout: value ('99999') must be less than", "Host=127.0.0.1;Timeout=99999")]
    [InlineData("Connection can't have 'Max Pool Size' 100 under 'Min Pool Size' 200", "Host=127.0.0.1;Minimum Pool Size=200")]
    [InlineData("Host is not set", "Database=senderdb")]
    [InlineData("Multiplexing must be false", "Host=127.0.0.1;Multiplexing=true")]
    public async Task A_connection_string_that_cannot_be_used_is_named_with_the_reason(string reason, string connectionString)
    {
        var sentence = await ServiceEntry.FailedStartAsync(Service, Broker, $"ConnectionStrings:senderdb={connectionString}");
        Assert.StartsWith($"The connection string 'senderdb' cannot be used: {reason}", sentence, StringComparison.Ordinal);
        Assert.Contains("Set ConnectionStrings:senderdb to one such as \"Host=", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Logging:LogLevel: ", "Logging:LogLevel:Default=lots")]
    [InlineData("at 'Aspire:Npgsql:EntityFrameworkCore:PostgreSQL:Co", "Aspire:Npgsql:EntityFrameworkCore:PostgreSQL:CommandTimeout=x")]
    [InlineData("ASPNETCORE_URLS cannot be used: Invalid url: 'junk'.", "urls=junk")]
    [InlineData("ASPNETCORE_URLS cannot be used: ", "urls=http://127.0.0.1:99999")]
    public async Task A_setting_of_a_library_that_cannot_be_used_is_named(string sentence, string setting) =>
        Assert.Contains(sentence, await ServiceEntry.FailedStartAsync(Service, Database, Broker, setting), StringComparison.Ordinal);

    /// <summary>Asks the running service for its settings, so that a new one is tried too.</summary>
    [Fact]
    public async Task Every_setting_that_cannot_be_used_is_named_with_what_it_may_be()
    {
        await using var sender = new ServiceHost<EntityItem>(Database, Broker);
        sender.Start();
        var all = sender.Services.GetServices<ISettings>().ToArray();
        Assert.Equal(["Amqp", "Idempotency:Retention", "Outbox", "Outbox:Retention"], all.Select(settings => settings.Section).Order());
        foreach (var settings in all)
        {
            await UnusableSettings.AssertSaysWhatTheyMayBeAsync(Service, [Database, Broker], settings.Section, settings.Properties);
        }
    }

    [Fact]
    public async Task Wrong_settings_of_several_classes_are_all_named_in_one_line()
    {
        string[] wrong = ["Outbox:Retention:StepSize", "Outbox:BatchSize", "Outbox:MaxInFlight", "Amqp:IdleTimeout"];
        var line = await ServiceEntry.FailedStartAsync(Service, [Database, Broker, .. wrong.Select(key => $"{key}=0")]);
        Assert.All(wrong, key => Assert.Contains($"{key} is '0'", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await ServiceProcess.AssertSaysWhyItCannotStartAsync(
            $"{taken.LocalEndpoint}", Service, Database, Broker, $"urls=http://{taken.LocalEndpoint}");
    }
}

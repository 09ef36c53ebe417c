using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using ReceiverService.EntityItems;
using ServiceDefaults.Startup;

namespace ReceiverService.Tests;

/// <summary>A service that cannot start for a reason that its user can fix says so in one sentence, and its exit code is not 0.</summary>
public sealed class StartupTests
{
    private const string Database = "ConnectionStrings:receiverdb=Host=127.0.0.1;Port=1";
    private const string Broker = "ConnectionStrings:artemis=amqp://nobody:x@127.0.0.1:1";
    private static readonly Assembly Service = typeof(EntityItem).Assembly;

    /// <summary>The pauses double. More attempts would block the queue for hours.</summary>
    [Fact]
    public Task More_than_10_attempts_are_refused_at_start() => ServiceProcess.AssertSaysWhyItCannotStartAsync(
        "Inbox:Attempts is '11': it must be a whole number, from 1 to 10.", Service, Database, Broker, "Inbox:Attempts=11");

    /// <summary>Asks the running service for its settings, so that a new one is tried too.</summary>
    [Fact]
    public async Task Every_setting_that_cannot_be_used_is_named_with_what_it_may_be()
    {
        await using var receiver = new ServiceHost<EntityItem>(Database, Broker);
        receiver.Start();
        var all = receiver.Services.GetServices<ISettings>().ToArray();
        Assert.Equal(["Amqp", "Inbox", "Inbox:Retention"], all.Select(settings => settings.Section).Order());
        foreach (var settings in all)
        {
            await UnusableSettings.AssertSaysWhatTheyMayBeAsync(Service, [Database, Broker], settings.Section, settings.Properties);
        }
    }

    [Fact]
    public async Task A_connection_string_that_cannot_be_used_is_named() => Assert.StartsWith(
        "The connection string 'receiverdb' cannot be used: ",
        await ServiceEntry.FailedStartAsync(Service, Broker, "ConnectionStrings:receiverdb=postgres://user:secret@localhost/receiverdb"),
        StringComparison.Ordinal);
}

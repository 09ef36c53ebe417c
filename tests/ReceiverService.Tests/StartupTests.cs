using System.Reflection;
using ReceiverService.EntityItems;

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
        "The field Attempts must be between 1 and 10", Service, Database, Broker, "Inbox:Attempts=11");
}

using System.Reflection;
using ReceiverService.EntityItems;

namespace ReceiverService.Tests;

/// <summary>What the user can mend is said in one sentence, as the last line, with an exit code that scripts notice.</summary>
public sealed class StartupTests
{
    private const string Database = "ConnectionStrings:receiverdb=Host=127.0.0.1;Port=1";
    private const string Broker = "ConnectionStrings:artemis=amqp://nobody:x@127.0.0.1:1";
    private static readonly Assembly Service = typeof(EntityItem).Assembly;

    /// <summary>With pauses that double, more attempts would hold up the queue for hours.</summary>
    [Fact]
    public Task More_than_10_attempts_are_refused_at_start() => ServiceProcess.AssertSaysWhyItCannotStartAsync(
        "The field Attempts must be between 1 and 10", Service, Database, Broker, "Inbox:Attempts=11");
}

using System.Diagnostics;

namespace ReceiverService.Tests.Inbox;

/// <summary>
/// Messages that an operator sends with Artemis's own command line, a JMS client. Their ids are not UUIDs, and they have no type.
/// </summary>
[Collection(ReceiverSuite.Name)]
public sealed class ArtemisCommandLineTests(Infrastructure infrastructure)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [ArtemisFact]
    public async Task Its_messages_are_kept_unchanged_with_the_reason()
    {
        await using var receiver = await RunningReceiver.StartAsync(infrastructure);
        await ProduceAsync(
            receiver.Queue, "--message", "héllo €", "--properties", """[{"type":"long","key":"note","value":"5000000000"}]""");
        await ProduceAsync(receiver.Queue, "--message-size", "7");

        var letters = await receiver.DeadLettersAsync(2);
        Assert.All(letters, letter => Assert.Contains("message-id is missing or is no UUID", letter.Reason, StringComparison.Ordinal));
        var (text, bytes) = (letters[1], letters[0]);
        Assert.Equal("héllo €", text.Preview.GetProperty("body").GetString());
        Assert.Equal(5_000_000_000, text.Preview.GetProperty("application-properties").GetProperty("note").GetInt64());
        Assert.Equal(7, (await receiver.Client.GetByteArrayAsync($"/api/dead-letters/{bytes.Id}/body")).Length);
    }

    private async Task ProduceAsync(string queue, params string[] message)
    {
        var broker = new Uri(infrastructure.Broker);
        var credentials = broker.UserInfo.Split(':').Select(Uri.UnescapeDataString).ToArray();
        var start = new ProcessStartInfo(
            Path.Combine(Environment.GetEnvironmentVariable("ARTEMIS_HOME")!, "bin", "artemis"),
            [
                "producer", "--silent", "--protocol", "amqp", "--url", $"amqp://{broker.Authority}", "--user", credentials[0],
                "--password", credentials[1], "--destination", $"queue://{queue}", "--message-count", "1", .. message,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // Java reads its arguments in the encoding of the locale. A small Debian has no locale.
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        };
        using var producer = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Deadline);
        var output = producer.StandardOutput.ReadToEndAsync(timeout.Token);
        var error = await producer.StandardError.ReadToEndAsync(timeout.Token);
        await producer.WaitForExitAsync(timeout.Token);
        Assert.True(producer.ExitCode == 0, $"{await output}{error}");
    }
}

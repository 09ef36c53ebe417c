using System.Globalization;
using System.Text;
using Amqp;
using Amqp.Framing;
using Messaging.Amqp;
using DataSection = Amqp.Framing.Data;

namespace Benchmarks.Inbox;

/// <summary>Fills a queue as fast as the client can, with messages like those of the sender.</summary>
internal sealed class Backlog(Connection connection)
{
    private const int Aggregates = 5_000;
    private const int InFlight = 1_000;
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    private readonly Guid[] _ids = [.. Enumerable.Range(0, Aggregates).Select(_ => Guid.CreateVersion7())];
    private long _version;

    /// <summary>Puts messages into a queue.</summary>
    /// <returns>The id of the last one.</returns>
    public async Task<Guid> FillAsync(string queue, int count)
    {
        var session = new Session(connection);
        var link = new SenderLink(session, $"fill-{queue}", AmqpQueue.Target(queue), null);
        using var free = new SemaphoreSlim(InFlight);
        var id = Guid.Empty;
        for (var i = 0; i < count; i++)
        {
            await free.WaitAsync();
            id = Guid.CreateVersion7();
            link.Send(MessageOf(id), OnOutcome, null);
        }

        for (var i = 0; i < InFlight; i++)
        {
            await free.WaitAsync();
        }

        await session.CloseAsync();
        return id;

        void OnOutcome(ILink sender, Message message, Outcome outcome, object state) => free.Release();
    }

    private Message MessageOf(Guid messageId)
    {
        var id = messageId.ToString();
        var aggregate = _ids[_version++ % Aggregates];
        var version = _version;
        var body = $$"""
            {"id":"{{aggregate}}","name":"{{new string('x', 200)}}","value":{{version}},
            "createdAt":"2026-01-01T00:00:00.123456Z","updatedAt":"2026-01-02T00:00:00.123456Z"}
            """;
        return new Message
        {
            Header = new Header { Durable = true },
            Properties = new Properties
            {
                MessageId = id, Subject = "EntityItemUpdated", CorrelationId = id, ContentType = "application/json",
                GroupId = aggregate.ToString(),
                CreationTime = DateTime.UnixEpoch,
            },
            ApplicationProperties = new ApplicationProperties
            {
                ["cloudEvents:specversion"] = "1.0",
                ["cloudEvents:id"] = id,
                ["cloudEvents:source"] = "/SenderService",
                ["cloudEvents:type"] = "EntityItemUpdated",
                ["cloudEvents:time"] = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
                ["cloudEvents:subject"] = aggregate.ToString(),
                ["cloudEvents:traceparent"] = TraceParent,
                ["aggregate-version"] = version,
            },
            BodySection = new DataSection { Binary = Encoding.UTF8.GetBytes(body) },
        };
    }
}

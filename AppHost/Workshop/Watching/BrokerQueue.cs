using System.Text.Json;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace AppHost.Workshop.Watching;

/// <summary>
/// The queue. Artemis is asked for its depth, over its management address. RabbitMQ does not answer such questions over AMQP 1.0, so there
/// the depth is derived: what is sent and not recorded.
/// </summary>
internal sealed class BrokerQueue(DemoSystem system, Dots dots) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly Symbol[] QueueCapability = [new("queue")];

    private Connection? _connection;
    private Questions? _questions;

    /// <summary>Whether nothing waits in the queue, as far as is known.</summary>
    public Quiet Quiet { get; } = new();

    public async Task<object> ReadAsync(CancellationToken cancellationToken)
    {
        if (!system.HasArtemis)
        {
            var onTheWay = dots.OnTheWay.Count(dot => dot.Stage == Stage.Sent);
            Quiet.Set(onTheWay == 0);
            return new { depth = onTheWay, isDerived = true };
        }

        try
        {
            _questions ??= await Questions.OpenAsync(await OpenSessionAsync(cancellationToken)).WaitAsync(Patience, cancellationToken);
            var depth = await _questions.AskAsync("messageCount").WaitAsync(Patience, cancellationToken);
            var consumers = await _questions.AskAsync("consumerCount").WaitAsync(Patience, cancellationToken);
            Quiet.Set(depth is null or 0);
            return new { depth = depth ?? 0, consumers, isDerived = false };
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts a message on the queue, as any client may. The broker has it when this returns.</summary>
    public async Task PutAsync(Message message, CancellationToken cancellationToken)
    {
        var session = await OpenSessionAsync(cancellationToken);

        // Durable and with the capability, as the services attach: see AmqpQueue in Messaging.
        var target = new Target { Address = DemoSystem.Queue, Durable = 2, Capabilities = QueueCapability };
        var link = new SenderLink(session, $"workshop-{Guid.NewGuid():N}", target, null);
        await link.SendAsync(message).WaitAsync(Patience, cancellationToken);
        session.Close(TimeSpan.Zero);
    }

    public ValueTask DisposeAsync()
    {
        (var connection, _connection, _questions) = (_connection, null, null);
        connection?.Close(TimeSpan.Zero, null);
        return ValueTask.CompletedTask;
    }

    private async Task<Session> OpenSessionAsync(CancellationToken cancellationToken)
    {
        if (_connection is not { IsClosed: false })
        {
            var address = new Address(await system.Broker.ConnectionStringExpression.GetValueAsync(cancellationToken));
            (_connection, _questions) = (await new ConnectionFactory().CreateAsync(address).WaitAsync(Patience, cancellationToken), null);
        }

        return new Session(_connection);
    }

    /// <summary>Artemis's management over AMQP: a message with the name of an attribute, and a reply with its value as JSON.</summary>
    private sealed class Questions(SenderLink requests, ReceiverLink replies, string replyTo)
    {
        public static async Task<Questions> OpenAsync(Session session)
        {
            var attached = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            var replies = new ReceiverLink(
                session,
                $"workshop-replies-{Guid.NewGuid():N}",
                new Attach { Source = new Source { Dynamic = true }, Target = new Target() },
                (_, attach) => attached.TrySetResult(((Source)attach.Source).Address));
            var requests = new SenderLink(session, $"workshop-requests-{Guid.NewGuid():N}", "activemq.management");
            return new(requests, replies, await attached.Task);
        }

        /// <returns>Null if there is no such queue yet.</returns>
        public async Task<long?> AskAsync(string attribute)
        {
            await requests.SendAsync(new Message
            {
                Properties = new Properties { ReplyTo = replyTo },
                ApplicationProperties = new ApplicationProperties
                {
                    ["_AMQ_ResourceName"] = $"queue.{DemoSystem.Queue}",
                    ["_AMQ_Attribute"] = attribute,
                },
                BodySection = new AmqpValue { Value = "[]" },
            });
            using var reply = await replies.ReceiveAsync(Patience) ?? throw new TimeoutException("The broker does not answer.");
            replies.Accept(reply);
            return reply.ApplicationProperties["_AMQ_OperationSucceeded"] is true
                ? JsonElement.Parse((string)reply.Body)[0].GetInt64()
                : null;
        }
    }
}

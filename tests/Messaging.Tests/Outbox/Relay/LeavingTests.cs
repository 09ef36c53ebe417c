using Amqp;
using Amqp.Framing;
using Amqp.Handler;
using Messaging.Amqp;
using Messaging.Outbox.Advanced;
using Messaging.Outbox.Relay;
using Messaging.Outbox.WakeUp;
using Messaging.Tests.Amqp;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Messaging.Tests.Outbox.Relay;

/// <summary>
/// How the relay leaves a link on which the client has not called back as it should. The test takes the relay's steps by hand, on real
/// sessions and a real link. In the client, one thread at a time writes for all links of a session, also what other threads have queued. So
/// the test sends a message too, on another link.
/// </summary>
[Collection(MessagingSuite.Name)]
public sealed class LeavingTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int Messages = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly OutboxSignal _signal = new(TimeProvider.System);
    private Action<IDelivery, PendingMessage?> _onSend = (_, _) => { };
    private int _sends;
    private long[] _ids = [];
    private OutboxTable _table = null!;
    private WebApplication _services = null!;
    private AmqpLink<SenderLink> _link = null!;
    private OutboxSession _session = null!;
    private OutboxDispatcher? _dispatcher;
    private SenderLink _other = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder([$"--ConnectionStrings:artemis={infrastructure.Broker}"]);
        builder.AddAmqpConnection("artemis");
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<RelayMetrics>();
        builder.Services.AddSingleton<IHandler>(new ClientHandler(EventId.SendDelivery, sending =>
        {
            var delivery = (IDelivery)sending.Context;
            if (_dispatcher is not null)
            {
                _onSend(delivery, (delivery.UserToken as OutboxDelivery)?.Message);
                Interlocked.Increment(ref _sends);
            }
        }));
        _services = builder.Build();
        var queue = Infrastructure.NewQueue();
        _link = await _services.Services.GetRequiredService<AmqpConnection>().OpenSenderAsync(queue, default);
        _other = new SenderLink(_link.Link.Session, "another", new Target { Address = queue, Durable = 2, Capabilities = ["queue"] }, null);

        // Now both links have credit. Without it, messages would wait for credit, and not for each other.
        await Task.WhenAll(_link.Link.SendAsync(new Message("first")), _other.SendAsync(new Message("first")));
        _table = await OutboxTable.CreateAsync(infrastructure);
        await _table.AddManyAsync(Messages, aggregates: Messages);
        _ids = await Sql.ScalarAsync<long[]>(_table.Database, "SELECT array_agg(id ORDER BY id) FROM outbox_messages");
        _session = await OutboxSession.OpenAsync(_table.Sessions, default);
        var metrics = _services.Services.GetRequiredService<RelayMetrics>();
        var options = new OutboxOptions { Queue = queue, Source = "/test" };
        _dispatcher = new(_session, _link, [], new PoisonDetector(), options, _signal, metrics, TimeProvider.System, NullLogger.Instance);
    }

    public async Task DisposeAsync()
    {
        _dispatcher!.Dispose();
        await _session.DisposeAsync();
        await _link.DisposeAsync();
        await _services.DisposeAsync();
        await _table.DisposeAsync();
    }

    /// <summary>
    /// The test's thread is writing when the relay sends. It then writes the relay's messages too, and gets the exception of the second.
    /// </summary>
    [Fact]
    public async Task A_callback_that_never_comes_is_not_waited_for()
    {
        var isWriting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goesOn = new ManualResetEventSlim();
        _onSend = (delivery, message) =>
        {
            if (message is null)
            {
                WritingTrap.Set(delivery, () =>
                {
                    isWriting.SetResult();
                    goesOn.Wait(Patience);
                });
            }
            else if (message.Id == _ids[1])
            {
                WritingTrap.Set(delivery, () => throw new IOException("half-way"));
            }
        };
        var other = Task.Run(SendAnother);
        await isWriting.Task.WaitAsync(Patience);
        await DispatchUntilAsync(() => _sends == Messages + 1);
        goesOn.Set();
        await Assert.ThrowsAsync<IOException>(() => other);

        Assert.Equal(DispatchResult.Outage, await _dispatcher!.DispatchAsync(default).WaitAsync(Patience));
        Assert.Equal("Pending", await Sql.ScalarAsync<string>(_table.Database, $"SELECT status FROM outbox_messages WHERE id = {_ids[1]}"));
    }

    [Fact]
    public async Task Sending_that_throws_over_a_message_of_another_thread_loses_nothing()
    {
        _onSend = (delivery, message) =>
        {
            if (message is null)
            {
                WritingTrap.Set(delivery, () => throw new IOException("half-way"));
            }
            else if (message.Id == _ids[0])
            {
                // While the relay writes this one, the test queues another, which the relay has to write.
                WritingTrap.Set(delivery, () => Task.Run(SendAnother).Wait(Patience));
            }
        };
        await DispatchUntilAsync(() => _dispatcher!.Failure is not null);
        Assert.IsType<IOException>(_dispatcher!.Failure);

        Assert.Equal(DispatchResult.Outage, await _dispatcher!.DispatchAsync(default).WaitAsync(Patience));
        Assert.InRange(await OutboxRows.CountAsync(_table.Database, "Pending"), Messages - 1, Messages);
        Assert.Equal(0L, await OutboxRows.AttemptsAsync(_table.Database));
    }

    /// <summary>
    /// The client reports a message that needs no answer as accepted at once, even if it is queued behind the test's. Then the test's
    /// fails, and the client reports everything that was queued as rejected.
    /// </summary>
    [Fact]
    public async Task A_callback_that_comes_twice_counts_once()
    {
        var isWriting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goesOn = new ManualResetEventSlim();
        _onSend = (delivery, message) =>
        {
            delivery.Settled = message is not null;
            if (message is null)
            {
                WritingTrap.Set(delivery, () =>
                {
                    isWriting.SetResult();
                    goesOn.Wait(Patience);
                    throw new IOException("half-way");
                });
            }
        };
        var other = Task.Run(SendAnother);
        await isWriting.Task.WaitAsync(Patience);
        await DispatchUntilAsync(() => _sends == Messages + 1);
        goesOn.Set();
        await Assert.ThrowsAsync<IOException>(() => other);

        Assert.Equal(DispatchResult.Outage, await _dispatcher!.DispatchAsync(default).WaitAsync(Patience));
        Assert.Equal(Messages, await OutboxRows.CountAsync(_table.Database, "Sent"));
    }

    private void SendAnother() => _other.Send(new Message("of the test"), (_, _, _, _) => { }, null);

    private Task<DispatchResult> DispatchUntilAsync(Func<bool> condition) =>
        Eventually.GetAsync(() => _dispatcher!.DispatchAsync(default), _ => condition());
}

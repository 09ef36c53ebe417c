using Amqp;
using Amqp.Framing;
using Amqp.Handler;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Messaging.Outbox;
using Messaging.Outbox.Operating;
using Messaging.Outbox.Relay;
using Messaging.Outbox.WakeUp;
using Messaging.Amqp;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>
/// How the relay leaves a link on which the client has not called back as it should. The relay's steps are taken by hand on real sessions and
/// a real link. One thread at a time writes for all links of a session: it writes what the others have left it. So the test sends a message
/// too, by another link.
/// </summary>
[Collection(SenderSuite.Name)]
public sealed class LeavingTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int Messages = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly OutboxSignal _signal = new();
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
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<OutboxMetrics>();
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

        // Without credit messages would wait for it, and not for each other.
        await Task.WhenAll(_link.Link.SendAsync(new Message("first")), _other.SendAsync(new Message("first")));
        _table = await OutboxTable.CreateAsync(infrastructure);
        await _table.AddManyAsync(Messages, aggregates: Messages);
        _ids = await Sql.ScalarAsync<long[]>(_table.Database, "SELECT array_agg(id ORDER BY id) FROM outbox_messages");
        _session = await OutboxSession.OpenAsync(_table.Relays, default);
        var metrics = _services.Services.GetRequiredService<OutboxMetrics>();
        _dispatcher = new(_session, _link, new Suspicion(), new OutboxOptions(), _signal, metrics, TimeProvider.System, NullLogger.Instance);
    }

    public async Task DisposeAsync()
    {
        _dispatcher!.Dispose();
        await _session.DisposeAsync();
        await _link.DisposeAsync();
        await _services.DisposeAsync();
        await _table.DisposeAsync();
        _signal.Dispose();
    }

    /// <summary>The test writes while these are sent. It goes on to them, and the second fails: the test gets the exception.</summary>
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
    public async Task Sending_that_goes_on_to_another_message_and_throws_for_that_one_loses_nothing()
    {
        _onSend = (delivery, message) =>
        {
            if (message is null)
            {
                WritingTrap.Set(delivery, () => throw new IOException("half-way"));
            }
            else if (message.Id == _ids[0])
            {
                // While it is being written the test sends too, and leaves it to the relay to write that.
                WritingTrap.Set(delivery, () => Task.Run(SendAnother).Wait(Patience));
            }
        };
        await DispatchUntilAsync(() => _dispatcher!.Failure is not null);
        Assert.IsType<IOException>(_dispatcher!.Failure);

        Assert.Equal(DispatchResult.Outage, await _dispatcher!.DispatchAsync(default).WaitAsync(Patience));
        Assert.InRange(await OutboxTable.CountAsync(_table.Database, "Pending"), Messages - 1, Messages);
        Assert.Equal(0L, await Sql.ScalarAsync<long>(_table.Database, "SELECT sum(attempts) FROM outbox_messages"));
    }

    /// <summary>
    /// The client says at once that a message that asks for no answer is accepted, even if it waits for the test to finish writing. Then that
    /// fails, and the client says that all that waited is rejected.
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
        Assert.Equal(Messages, await OutboxTable.CountAsync(_table.Database, "Sent"));
    }

    private void SendAnother() => _other.Send(new Message("of the test"), (_, _, _, _) => { }, null);

    private Task<DispatchResult> DispatchUntilAsync(Func<bool> condition) =>
        Eventually.GetAsync(() => _dispatcher!.DispatchAsync(default), _ => condition());
}

using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Handler;
using Messaging.Amqp;
using Messaging.Outbox.Relay;
using Messaging.Outbox.WakeUp;
using Messaging.Outbox.Writing;
using Messaging.Tests.Amqp;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using EventId = Amqp.Handler.EventId;

namespace Messaging.Tests.Outbox.Relay;

/// <summary>
/// When answers are marked. The link is real, but the broker's answers are kept back: the test answers instead, by a clock of its own.
/// </summary>
[Collection(MessagingSuite.Name)]
public sealed class MarkingTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private const int BatchSize = 3;
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<OutboxDelivery> _inFlight = [];
    private readonly OutboxOptions _options = new() { Queue = "any", Source = "/test", BatchSize = BatchSize };
    private BrokerWire _wire = null!;
    private WebApplication _services = null!;
    private AmqpLink<SenderLink> _link = null!;
    private OutboxSignal _signal = null!;
    private OutboxPublisher _publisher = null!;

    public async Task InitializeAsync()
    {
        _wire = new BrokerWire(infrastructure.Broker);
        var builder = WebApplication.CreateBuilder([$"--ConnectionStrings:artemis={_wire.Address}"]);
        builder.AddAmqpConnection("artemis");
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<IHandler>(new ClientHandler(EventId.SendDelivery, sending =>
        {
            if (((IDelivery)sending.Context).UserToken is OutboxDelivery delivery)
            {
                _inFlight.Enqueue(delivery);
            }
        }));
        _services = builder.Build();
        _link = await _services.Services.GetRequiredService<AmqpConnection>().OpenSenderAsync(Infrastructure.NewQueue(), default);

        // Now the link has credit.
        await _link.Link.SendAsync(new Message("first"));
        _wire.KeepsAcceptances = true;
        _signal = new(_time);
        _publisher = new(_link, _options, _signal, _time);
    }

    public async Task DisposeAsync()
    {
        await _link.DisposeAsync();
        await _services.DisposeAsync();
        await _wire.DisposeAsync();
    }

    [Fact]
    public void A_full_batch_of_answers_is_marked_at_once()
    {
        Publish(BatchSize + 1);
        for (var i = 1; i < BatchSize; i++)
        {
            Answer();
            Assert.Empty(_publisher.TakeDue());
        }

        Answer();
        Assert.Equal(BatchSize, _publisher.TakeDue().Count);
        Assert.Empty(_publisher.TakeDue());
    }

    [Fact]
    public void The_first_answer_waits_for_others_for_20_milliseconds_and_no_longer()
    {
        Publish(BatchSize);
        _time.Advance(TimeSpan.FromHours(1));
        Answer();
        _time.Advance(OutboxPublisher.MarkDelay - Millisecond);
        Answer();
        Assert.Empty(_publisher.TakeDue());

        _time.Advance(Millisecond);
        Assert.Equal(2, _publisher.TakeDue().Count);
        Assert.Equal(TimeSpan.FromMilliseconds(20), OutboxPublisher.MarkDelay);
    }

    [Fact]
    public void The_last_answer_of_all_is_marked_at_once()
    {
        Publish(2);
        Answer();
        Assert.Empty(_publisher.TakeDue());

        Answer();
        Assert.Equal(2, _publisher.TakeDue().Count);
    }

    [Fact]
    public void An_answer_after_which_another_message_of_the_aggregate_is_sent_is_not_the_last()
    {
        var aggregate = Guid.NewGuid();
        _publisher.Publish([Message(1, aggregate), Message(2, aggregate)]);
        Answer();
        Assert.Empty(_publisher.TakeDue());

        Answer();
        Assert.Equal([1L, 2L], _publisher.TakeDue().Select(delivery => delivery.Message.Id));
    }

    /// <summary>The relay is not woken for each answer: it comes by itself when the first one is due.</summary>
    [Fact]
    public async Task The_relay_is_woken_by_the_first_answer_and_by_the_one_that_makes_a_batch()
    {
        Publish(BatchSize + 1);
        Answer();
        await _signal.WaitAsync(Timeout.InfiniteTimeSpan, default);

        Answer();
        var waiting = _signal.WaitAsync(Timeout.InfiniteTimeSpan, default);
        Assert.False(waiting.IsCompleted);
        Answer();
        await waiting.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_broker_is_silent_from_its_last_answer_or_from_the_first_message_in_flight()
    {
        _time.Advance(TimeSpan.FromHours(1));
        Publish(2);
        _time.Advance(_options.PublishTimeout);
        Assert.False(_publisher.IsStalled);
        Answer();
        _time.Advance(_options.PublishTimeout);
        Assert.False(_publisher.IsStalled);

        _time.Advance(Millisecond);
        Assert.True(_publisher.IsStalled);
        Answer();
        Assert.False(_publisher.IsStalled);
    }

    private void Publish(int count) => _publisher.Publish(Enumerable.Range(1, count).Select(id => Message(id, Guid.NewGuid())));

    /// <summary>The broker accepts the message that was sent first.</summary>
    private void Answer()
    {
        Assert.True(_inFlight.TryDequeue(out var delivery), "Nothing is in flight.");
        _publisher.Continue(delivery, new Accepted());
    }

    private static PendingMessage Message(long id, Guid aggregate) => new(
        id,
        1,
        Guid.NewGuid(),
        "Any",
        aggregate,
        id,
        0,
        "{}"u8.ToArray(),
        new OutboxHeaders("any", null, null, null),
        default,
        IsRetry: false);
}

using Messaging.Outbox.Relay;

namespace SenderService.Tests.Outbox.Relay;

public sealed class AnsweredDeliveriesTests
{
    private const int Enough = 1_000;

    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly Clock _clock = new();
    private readonly AnsweredDeliveries _answered;

    public AnsweredDeliveriesTests() => _answered = new(Enough, _clock);

    [Fact]
    public void Nothing_is_never_due()
    {
        _clock.Pass(TimeSpan.FromHours(1));

        Assert.False(_answered.AreDue);
    }

    [Fact]
    public void What_is_answered_is_due_when_the_broker_pauses()
    {
        Answer();
        _clock.Pass(AnsweredDeliveries.Pause - Millisecond);
        Answer();
        _clock.Pass(AnsweredDeliveries.Pause - Millisecond);
        Assert.False(_answered.AreDue);

        _clock.Pass(Millisecond);
        Assert.True(_answered.AreDue);
    }

    [Fact]
    public void While_answers_keep_coming_the_first_waits_no_longer_than_it_may()
    {
        for (var waited = TimeSpan.Zero; waited < AnsweredDeliveries.LongestDelay; waited += Millisecond)
        {
            Answer();
            Assert.False(_answered.AreDue);
            _clock.Pass(Millisecond);
        }

        Assert.True(_answered.AreDue);
        Assert.Equal(100, _answered.TakeAll().Count);
        Answer();
        Assert.False(_answered.AreDue);
    }

    [Fact]
    public void Enough_are_due_at_once()
    {
        for (var i = 1; i < Enough; i++)
        {
            Answer();
        }

        Assert.False(_answered.AreDue);
        Answer();
        Assert.True(_answered.AreDue);
    }

    [Fact]
    public void Silence_begins_with_the_last_answer_or_with_the_question()
    {
        _clock.Pass(TimeSpan.FromMinutes(1));
        _answered.Await();
        _clock.Pass(Millisecond);
        Assert.Equal(Millisecond, _answered.Silence);

        Answer();
        Assert.Equal(TimeSpan.Zero, _answered.Silence);
    }

    /// <summary>What the delivery is does not matter here.</summary>
    private void Answer() => _answered.Add(new OutboxDelivery(null!, null!, null!));

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan time) => _now += time.Ticks;
    }
}

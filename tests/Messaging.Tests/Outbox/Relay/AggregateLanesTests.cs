using Amqp.Framing;
using FsCheck.Xunit;
using Messaging.Outbox.Relay;

namespace Messaging.Tests.Outbox.Relay;

/// <summary>Order under random answers: messages of a few aggregates, and a broker that accepts, refuses or says nothing.</summary>
public sealed class AggregateLanesTests
{
    /// <param name="steps">What happens, one number each.</param>
    [Property(MaxTest = 1_000, EndSize = 200)]
    public void One_message_of_an_aggregate_is_in_flight_none_overtakes_and_each_ends_once(byte[] steps) => new LanesRun().Take(steps);
}

/// <summary>The lanes, and what the test knows of them.</summary>
internal sealed class LanesRun
{
    private static readonly Guid[] Aggregates = [.. Enumerable.Range(0, 4).Select(_ => Guid.NewGuid())];

    private readonly AggregateLanes _lanes = new();
    private readonly List<OutboxDelivery> _all = [];
    private readonly List<OutboxDelivery> _inFlight = [];
    private readonly HashSet<Guid> _closed = [];

    /// <summary>How often each message was completed or skipped.</summary>
    private readonly Dictionary<long, int> _ends = [];

    public void Take(byte[] steps)
    {
        foreach (var step in steps)
        {
            var choice = step / 4;
            switch (step % 4)
            {
                case 0:
                    Add(Aggregates[choice % Aggregates.Length]);
                    break;
                case 1:
                    Take();
                    break;
                case 2:
                    Answer(choice, new Accepted());
                    break;
                default:
                    Answer(choice, choice % 5 == 0 ? new Rejected() : choice % 5 == 1 ? null : new Accepted());
                    break;
            }
        }

        End();
        Assert.All(_all, delivery => Assert.Equal(1, _ends.GetValueOrDefault(delivery.Message.Id)));
    }

    private void Add(Guid aggregate)
    {
        var message = new PendingMessage(_all.Count, 1, Guid.NewGuid(), "Any", aggregate, 1, 0, [], null!, default, IsRetry: false);
        var delivery = new OutboxDelivery(message, null!);
        _all.Add(delivery);
        var isTaken = _lanes.TryAdd(delivery);
        Assert.Equal(!_closed.Contains(aggregate), isTaken);
        if (!isTaken)
        {
            Skip(delivery);
        }
    }

    private void Take()
    {
        if (_lanes.TryTake(out var delivery))
        {
            var aggregate = delivery.Message.AggregateId;
            Assert.DoesNotContain(_inFlight, other => other.Message.AggregateId == aggregate);
            Assert.DoesNotContain(aggregate, _closed);
            Assert.All(
                _all.Where(earlier => earlier.Message.AggregateId == aggregate && earlier.Message.Id < delivery.Message.Id),
                earlier => Assert.True(earlier.IsAccepted, "It overtakes."));
            _inFlight.Add(delivery);
        }
    }

    private void Answer(int choice, Outcome? outcome)
    {
        if (_inFlight.Count == 0)
        {
            return;
        }

        var delivery = _inFlight[choice % _inFlight.Count];
        _inFlight.Remove(delivery);
        delivery.Complete(outcome);
        EndOf(delivery);
        if (!delivery.IsAccepted)
        {
            _closed.Add(delivery.Message.AggregateId);
        }

        foreach (var later in _lanes.Complete(delivery).ToArray())
        {
            Assert.Equal(delivery.Message.AggregateId, later.Message.AggregateId);
            Skip(later);
        }
    }

    private void Skip(OutboxDelivery delivery)
    {
        delivery.Skip();
        EndOf(delivery);
    }

    /// <summary>The link ends: nothing in flight is answered, and what is left in the lanes is skipped.</summary>
    private void End()
    {
        while (_inFlight.Count > 0)
        {
            Answer(0, null);
        }

        foreach (var delivery in _lanes.Clear().ToArray())
        {
            Skip(delivery);
        }

        Assert.True(_lanes.AreEmpty);
    }

    private void EndOf(OutboxDelivery delivery) => _ends[delivery.Message.Id] = _ends.GetValueOrDefault(delivery.Message.Id) + 1;
}

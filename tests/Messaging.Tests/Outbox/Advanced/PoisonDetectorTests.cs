using Messaging.Outbox.Advanced;
using Messaging.Outbox.Relay;

namespace Messaging.Tests.Outbox.Advanced;

public sealed class PoisonDetectorTests
{
    private readonly PoisonDetector _poison = new();

    [Fact]
    public void After_three_link_ends_without_progress_messages_are_sent_one_at_a_time()
    {
        EndLinks(2);
        Assert.False(_poison.SendsOneAtATime);

        EndLinks(1);
        Assert.True(_poison.SendsOneAtATime);
    }

    [Fact]
    public void Progress_between_link_ends_starts_the_count_over()
    {
        EndLinks(2);
        _poison.RecordProgress(1);
        EndLinks(2);
        Assert.False(_poison.SendsOneAtATime);
    }

    [Fact]
    public void A_link_that_ends_with_nothing_in_flight_does_not_count()
    {
        for (var end = 1; end <= 3; end++)
        {
            Assert.Null(_poison.RecordLinkEnd([]));
        }

        Assert.False(_poison.SendsOneAtATime);
    }

    [Fact]
    public void A_message_that_is_alone_in_flight_by_chance_is_not_the_culprit() => Assert.Null(_poison.RecordLinkEnd([Delivery()]));

    [Fact]
    public void The_message_that_is_sent_alone_when_the_link_ends_again_is_the_culprit()
    {
        EndLinks(3);
        var culprit = Delivery();
        Assert.Same(culprit, _poison.RecordLinkEnd([culprit]));
    }

    /// <summary>
    /// The culprit may be the last of those that were in flight. If one accepted message ended the search, all would be sent together
    /// again, three times for each message before the culprit.
    /// </summary>
    [Fact]
    public void As_many_messages_are_sent_one_at_a_time_as_were_in_flight()
    {
        EndLinks(3, inFlight: 3);
        _poison.RecordProgress(1);
        _poison.RecordProgress(1);
        Assert.True(_poison.SendsOneAtATime);

        _poison.RecordProgress(1);
        Assert.False(_poison.SendsOneAtATime);
    }

    private void EndLinks(int ends, int inFlight = 2)
    {
        for (var end = 1; end <= ends; end++)
        {
            Assert.Null(_poison.RecordLinkEnd([.. Enumerable.Range(0, inFlight).Select(_ => Delivery())]));
        }
    }

    /// <summary>Its message and its publisher do not matter here.</summary>
    private static OutboxDelivery Delivery() => new(null!, null!);
}

using Messaging.Outbox.Relay;

namespace SenderService.Tests.Outbox.Relay;

public sealed class SuspicionTests
{
    private readonly Suspicion _suspicion = new();

    [Fact]
    public void What_was_in_flight_is_suspect_until_it_is_answered()
    {
        Assert.False(_suspicion.Accuse([Message(1), Message(2)]));
        _suspicion.Acquit(1);
        Assert.True(_suspicion.IsOpen);

        _suspicion.Acquit(2);
        Assert.False(_suspicion.IsOpen);
    }

    [Fact]
    public void A_message_over_which_alone_the_link_ends_twice_is_guilty()
    {
        Assert.False(_suspicion.Accuse([Message(1)]));
        Assert.True(_suspicion.Accuse([Message(1)]));
        Assert.False(_suspicion.IsOpen);
    }

    [Fact]
    public void What_will_not_be_answered_here_is_not_waited_for()
    {
        _suspicion.Accuse([Message(1, partition: 3), Message(2, partition: 4)]);
        _suspicion.Forget((_, partition) => partition == 3);
        Assert.True(_suspicion.IsOpen);

        _suspicion.Forget((id, _) => id == 2);
        Assert.False(_suspicion.IsOpen);
    }

    private static PendingMessage Message(long id, short partition = 0) =>
        new(id, Guid.NewGuid(), "type", Guid.NewGuid(), 1, partition, [], null!, default, IsRetry: false);
}

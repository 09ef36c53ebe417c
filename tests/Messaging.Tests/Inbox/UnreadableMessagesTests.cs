using Amqp;
using Messaging.Inbox.Consuming;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Messaging.Tests.Inbox;

/// <summary>A message that cannot be read is believed when it has come on three links.</summary>
public sealed class UnreadableMessagesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly UnreadableMessages _unreadable;
    private readonly Message _sent = Messages.Of("", "{}"u8.ToArray());

    public UnreadableMessagesTests() => _unreadable = new(Options.Create(new InboxOptions { Attempts = 3 }), _time);

    [Fact]
    public void It_counts_links_not_deliveries()
    {
        Assert.Equal([false, false, true, true], Enumerable.Range(1, 4).Select(_ => HasComeOften(_sent)));
    }

    [Fact]
    public void Each_message_is_counted_on_its_own()
    {
        var other = Messages.Of("", "{}"u8.ToArray());
        Assert.False(HasComeOften(_sent, other));
        Assert.False(HasComeOften(_sent));
        Assert.True(HasComeOften(_sent));
        Assert.False(HasComeOften(other));
        Assert.True(HasComeOften(other));
    }

    [Fact]
    public void What_the_broker_changes_does_not_make_it_another_message()
    {
        Assert.False(HasComeOften(_sent));
        _sent.Header.DeliveryCount = 1;
        Assert.False(HasComeOften(_sent));
        _sent.Header.FirstAcquirer = true;
        Assert.True(HasComeOften(_sent));
    }

    [Fact]
    public void A_dead_letter_that_is_sent_again_is_counted_from_the_beginning()
    {
        Assert.Equal([false, false, true], Enumerable.Range(1, 3).Select(_ => HasComeOften(_sent)));
        _unreadable.Forget([Messages.Read(_sent)]);
        Assert.Equal([false, false, true], Enumerable.Range(1, 3).Select(_ => HasComeOften(_sent)));
    }

    [Fact]
    public void What_does_not_come_again_is_forgotten()
    {
        Assert.Equal([false, false], Enumerable.Range(1, 2).Select(_ => HasComeOften(_sent)));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.False(HasComeOften(_sent));
    }

    /// <summary>Opens a link on which the messages are delivered, each twice.</summary>
    /// <returns>What is said of the last delivery.</returns>
    private bool HasComeOften(params Message[] delivered)
    {
        _unreadable.BeginLink();
        return delivered.Concat(delivered).Select(message => _unreadable.HasComeOften(Messages.Read(message))).ToArray()[^1];
    }
}

using Messaging.Amqp;

namespace Messaging.Tests.Amqp;

public sealed class AmqpAddressTests
{
    [Theory]
    [InlineData("amqp://host", "host", 5672, null, null, false)]
    [InlineData("amqps://host", "host", 5671, null, null, true)]
    [InlineData("amqp://u%40x:p%3a%2f%25+@host:1234/", "host", 1234, "u@x", "p:/%+", false)]
    [InlineData("AMQPS://user:with:colons@[::1]:5", "::1", 5, "user", "with:colons", true)]
    [InlineData("amqp://user@127.0.0.1:1", "127.0.0.1", 1, "user", "", false)]
    public void An_address_says_where_and_as_whom(string uri, string host, int port, string? user, string? password, bool tls)
    {
        Assert.True(AmqpAddress.TryParse(uri, out var address));
        Assert.Equal((host, port, user, password, tls), (address.Host, address.Port, address.User, address.Password, address.UseSsl));
    }

    [Theory]
    [InlineData("")]
    [InlineData("host:5672")]
    [InlineData("http://host")]
    [InlineData("amqp://")]
    [InlineData("amqp:host")]
    public void Anything_else_is_no_address(string uri) => Assert.False(AmqpAddress.TryParse(uri, out _));
}

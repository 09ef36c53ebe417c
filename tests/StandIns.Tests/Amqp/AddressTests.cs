using Amqp;

namespace StandIns.Tests.Amqp;

public class AddressTests
{
    [Theory]
    [InlineData("amqp://host", "host", 5672, null, null, false)]
    [InlineData("amqps://host", "host", 5671, null, null, true)]
    [InlineData("amqp://user:password@host:1234/", "host", 1234, "user", "password", false)]
    [InlineData("AMQPS://user@127.0.0.1:1", "127.0.0.1", 1, "user", null, true)]
    [InlineData("amqp://u%40x:p%3a%2f%25@[::1]:5", "::1", 5, "u@x", "p:/%", false)]
    public void A_uri_says_where_and_as_whom(string uri, string host, int port, string? user, string? password, bool tls)
    {
        var address = new Address(uri);

        Assert.Equal((host, port, user, password, tls), (address.Host, address.Port, address.User, address.Password, address.UseSsl));
    }

    [Theory]
    [InlineData("http://host")]
    [InlineData("ws://host")]
    public void Other_schemes_are_refused(string uri) => Assert.Throws<NotSupportedException>(() => new Address(uri));

    [Fact]
    public void What_is_no_uri_is_refused() => Assert.Throws<UriFormatException>(() => new Address("host"));

    [Fact]
    public void Parts_are_taken_as_they_are()
    {
        var address = new Address("host", -1, "u%40", "p%40");

        Assert.Equal(("u%40", "p%40", 5671, "/", true), (address.User, address.Password, address.Port, address.Path, address.UseSsl));
    }
}

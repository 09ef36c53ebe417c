using System.Text;
using Amqp.Sasl;
using Amqp.Types;

namespace Messaging.Amqp;

/// <summary>
/// SASL PLAIN (RFC 4616), followed by a <see cref="GatheringTransport"/>. A login may replace the transport, and so it is the place where
/// AMQPNetLite lets others in without their own TCP and TLS.
/// </summary>
internal sealed class GatheringLogin(string user, string password) : SaslProfile("PLAIN")
{
    /// <summary>Makes connections of a factory log in and gather. A broker without a user gets the client's own transport.</summary>
    /// <returns>The address to connect to. It has no user, for whom the client would take a login of its own.</returns>
    public static Address Use(ConnectionFactory factory, Address broker)
    {
        factory.SASL.Profile = broker.User is null ? null : new GatheringLogin(broker.User, broker.Password);
        return new(broker.Host, broker.Port, null, null, broker.Path, broker.Scheme);
    }

    protected override DescribedList GetStartCommand(string hostname) => new SaslInit
    {
        Mechanism = Mechanism,
        InitialResponse = Encoding.UTF8.GetBytes($"\0{user}\0{password}"),
        HostName = hostname,
    };

    protected override DescribedList? OnCommand(DescribedList command) => null;

    protected override ITransport UpgradeTransport(ITransport transport) => new GatheringTransport((IAsyncTransport)transport);
}

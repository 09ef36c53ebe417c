using System.Security.Authentication;
using Amqp;

namespace StandIns.Tests.Amqp;

/// <summary>amqps: whom the client trusts, and whom not.</summary>
[Collection(nameof(Brokers))]
public class BrokerTlsTests(Brokers brokers)
{
    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task A_certificate_of_the_authority_is_good_and_no_other_client_trusts_it(BrokerKind kind)
    {
        var broker = await brokers.GetAsync(kind);

        var connection = await broker.ConnectByTlsAsync(ServerCertificate.Good, trusting: true);
        await BrokerTests.AttachSender(new Session(connection), "tls").SendAsync(BrokerTests.Event(1)).InTime();
        await connection.CloseAsync().InTime();

        await Assert.ThrowsAsync<AuthenticationException>(() => broker.ConnectByTlsAsync(ServerCertificate.Good, trusting: false));
    }

    [Theory]
    [Artemis]
    [RabbitMq]
    public async Task Expired_and_self_signed_certificates_are_refused(BrokerKind kind)
    {
        var broker = await brokers.GetAsync(kind);
        foreach (var certificate in new[] { ServerCertificate.Expired, ServerCertificate.SelfSigned })
        {
            await broker.PresentAsync(certificate);
            await Assert.ThrowsAsync<AuthenticationException>(() => broker.ConnectByTlsAsync(certificate, trusting: true));
            await Assert.ThrowsAsync<AuthenticationException>(() => broker.ConnectByTlsAsync(certificate, trusting: false));
        }

        await broker.PresentAsync(ServerCertificate.Good);
        await (await broker.ConnectByTlsAsync(ServerCertificate.Good, trusting: true)).CloseAsync().InTime();
    }
}

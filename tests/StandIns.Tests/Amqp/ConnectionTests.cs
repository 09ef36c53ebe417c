using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amqp;
using Amqp.Framing;

namespace StandIns.Tests.Amqp;

public class ConnectionTests
{
    [Fact]
    public async Task A_connection_proposes_its_settings_and_tells_what_the_peer_proposed()
    {
        await using var peer = new Peer();
        var factory = new ConnectionFactory();
        factory.AMQP.ContainerId = "me";
        factory.AMQP.IdleTimeout = 5000;
        factory.AMQP.MaxFrameSize = 4096;
        Open? opened = null;
        var connecting = factory.CreateAsync(peer.Address(), null, (_, open) => opened = open);
        await peer.AcceptAsync();
        await peer.AuthenticateAsync(0, "ANONYMOUS");
        var open = await peer.ReadOpenAsync();
        Assert.False(connecting.IsCompleted);
        await peer.SendAsync(0, Code.Open, ["peer", null, 512u]);

        var connection = await connecting.InTime();

        Assert.Equal("me", open.Field(0));
        Assert.Equal("127.0.0.1", open.Field(1));
        Assert.Equal(4096u, open.Field(2));
        Assert.Equal(5000u, open.Field(4));
        Assert.Equal("peer", opened!.ContainerId);
        Assert.Equal(ConnectionState.Opened, connection.ConnectionState);
        connection.Close(TimeSpan.Zero, null);
    }

    [Fact]
    public async Task A_user_is_authenticated_by_name_and_password()
    {
        await using var peer = new Peer();
        var connecting = new ConnectionFactory().CreateAsync(peer.Address("üser", "p:@ss"));
        await peer.AcceptAsync();
        var init = await peer.AuthenticateAsync(0, "PLAIN", "ANONYMOUS");
        await peer.ReadOpenAsync();
        await peer.SendAsync(0, Code.Open, ["peer"]);
        await connecting.InTime();

        Assert.Equal("PLAIN", init[0].ToString());
        Assert.Equal("\0üser\0p:@ss", Encoding.UTF8.GetString((byte[])init[1]));
    }

    [Fact]
    public async Task Wrong_credentials_are_unauthorized_access()
    {
        await using var peer = new Peer();
        var connecting = new ConnectionFactory().CreateAsync(peer.Address("user", "wrong"));
        await peer.AcceptAsync();
        await peer.AuthenticateAsync(1, "PLAIN");

        var exception = await Assert.ThrowsAsync<AmqpException>(() => connecting.InTime());

        Assert.Equal(ErrorCode.UnauthorizedAccess, exception.Error.Condition);
        Assert.DoesNotContain("wrong", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_is_not_sent_to_a_peer_that_does_not_ask_for_one()
    {
        await using var peer = new Peer();
        var connecting = new ConnectionFactory().CreateAsync(peer.Address("user", "secret"));
        await peer.AcceptAsync();
        var authenticating = peer.AuthenticateAsync(0, "GSSAPI");

        var exception = await Assert.ThrowsAsync<AmqpException>(() => connecting.InTime());

        Assert.Equal(ErrorCode.UnauthorizedAccess, exception.Error.Condition);
        await Assert.ThrowsAnyAsync<Exception>(() => authenticating); // no sasl-init came
    }

    [Fact]
    public async Task A_peer_that_is_not_there_is_a_socket_exception()
    {
        var peer = new Peer();
        var address = peer.Address();
        await peer.DisposeAsync();

        await Assert.ThrowsAsync<SocketException>(() => new ConnectionFactory().CreateAsync(address).InTime());
    }

    [Fact]
    public async Task A_peer_that_speaks_something_else_is_refused()
    {
        await using var peer = new Peer();
        var connecting = new ConnectionFactory().CreateAsync(peer.Address());
        await peer.AcceptAsync();
        await peer.SendBytesAsync("HTTP/1.1 400 Bad Request\r\n"u8.ToArray());

        var exception = await Assert.ThrowsAsync<AmqpException>(() => connecting.InTime());

        Assert.Equal(ErrorCode.NotImplemented, exception.Error.Condition);
    }

    [Fact]
    public async Task Connecting_can_be_cancelled_at_any_step()
    {
        await using var peer = new Peer();
        using var cancellation = new CancellationTokenSource();
        var connecting = new ConnectionFactory().CreateAsync(peer.Address(), cancellation.Token);
        await peer.AcceptAsync();
        await peer.AuthenticateAsync(0, "ANONYMOUS");
        await peer.ReadOpenAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.InTime());
    }

    [Fact]
    public async Task A_peer_that_opens_and_closes_with_an_error_is_an_exception_or_a_closed_connection()
    {
        await using var peer = new Peer();
        var connecting = new ConnectionFactory().CreateAsync(peer.Address());
        await peer.AcceptAsync();
        await peer.AuthenticateAsync(0, "ANONYMOUS");
        await peer.ReadOpenAsync();
        await peer.SendAsync(0, Code.Open, ["peer"]);
        await peer.SendAsync(0, Code.Close, [new Error(ErrorCode.NotFound) { Description = "no such host" }]);

        var closed = new TaskCompletionSource<Error>();
        var connection = await connecting.InTime();
        connection.AddClosedCallback((_, error) => closed.SetResult(error));

        Assert.Equal("no such host", (await closed.Task.InTime()).Description);
        Assert.Equal(ErrorCode.NotFound, connection.Error.Condition);
        Assert.Throws<AmqpException>(() => new Session(connection));
    }

    [Fact]
    public async Task Closing_waits_for_the_peers_answer_and_tells_everything_below()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync();
        var closing = conversation.Connection.CloseAsync();
        await conversation.Peer.ExpectAsync(Code.Close);
        Assert.False(closing.IsCompleted);
        Assert.True(conversation.Connection.IsClosed);
        await conversation.Peer.SendAsync(0, Code.Close, []);
        await closing.InTime();

        Assert.True(conversation.Session.IsClosed);
        Assert.True(sender.IsClosed);
        Assert.Null(await conversation.ConnectionClosed.Task.InTime());
        Assert.Null(await conversation.Peer.ReadAsync());
        await conversation.Connection.CloseAsync(); // once more does nothing
    }

    [Fact]
    public async Task Nothing_is_sent_after_the_close()
    {
        await using var conversation = await Conversation.BeginAsync();
        var sender = await conversation.AttachSenderAsync();
        var closing = conversation.Connection.CloseAsync();

        Assert.Throws<AmqpException>(() => sender.Send(Messages.OfBytes(1), null, null));
        Assert.Throws<AmqpException>(() => new SenderLink(conversation.Session, "late", "queue"));
        Assert.Throws<AmqpException>(() => new Session(conversation.Connection));
        var closingLink = sender.CloseAsync();
        var closingSession = conversation.Session.CloseAsync();
        await conversation.Peer.ExpectAsync(Code.Close);
        await conversation.Peer.SendAsync(0, Code.Close, []);

        await Task.WhenAll(closing, closingLink, closingSession).InTime();
        Assert.Null(await conversation.Peer.ReadAsync());
    }

    [Fact]
    public async Task Closing_gives_up_on_a_peer_that_does_not_answer()
    {
        await using var conversation = await Conversation.OpenAsync();

        await Assert.ThrowsAsync<TimeoutException>(() => conversation.Connection.CloseAsync(TimeSpan.FromMilliseconds(50)).InTime());

        Assert.Equal(ConnectionState.End, conversation.Connection.ConnectionState);
        await conversation.ConnectionClosed.Task.InTime();
    }

    [Fact]
    public async Task A_callback_may_close_its_own_connection()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        receiver.Start(1, (link, _) => receiver.Session.Connection.Close());
        await conversation.Peer.ExpectAsync(Code.Flow);
        await conversation.TransferAsync(0, Messages.Encoded(1));
        await conversation.Peer.ExpectAsync(Code.Close);
        await conversation.Peer.SendAsync(0, Code.Close, []);

        Assert.Null(await conversation.ConnectionClosed.Task.InTime());
    }

    [Fact]
    public async Task A_callback_that_throws_closes_the_connection_and_says_why()
    {
        await using var conversation = await Conversation.BeginAsync();
        var receiver = await conversation.AttachReceiverAsync();
        receiver.Start(1, (_, _) => throw new InvalidOperationException("a bug"));
        await conversation.Peer.ExpectAsync(Code.Flow);
        await conversation.TransferAsync(0, Messages.Encoded(1));

        var close = await conversation.Peer.ExpectAsync(Code.Close);

        Assert.Contains("a bug", ((Error)close.Field(0)!).Description, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.InternalError, (await conversation.ConnectionClosed.Task.InTime())!.Condition);
    }

    [Fact]
    public async Task A_sign_of_life_goes_out_within_the_peers_idle_timeout()
    {
        await using var conversation = await Conversation.OpenAsync(["peer", null, null, null, 200u]);
        conversation.Peer.ShowSignsOfLife = true;

        for (var count = 0; count < 3; count++)
        {
            Assert.Equal(0ul, (await conversation.Peer.ReadAsync())!.Code);
        }
    }

    [Fact]
    public async Task Two_that_have_nothing_to_say_but_signs_of_life_stay_connected()
    {
        await using var conversation = await Conversation.OpenAsync(
            ["peer", null, null, null, 500u], factory => factory.AMQP.IdleTimeout = 500);
        conversation.Peer.ShowSignsOfLife = true;
        var started = Environment.TickCount64;

        // For longer than the client would wait for a silent peer, twice its timeout.
        while (Environment.TickCount64 - started < 1500)
        {
            Assert.Equal(0ul, (await conversation.Peer.ReadAsync())!.Code);
            await conversation.Peer.SendBytesAsync(new byte[] { 0, 0, 0, 8, 2, 0, 0, 0 });
        }

        Assert.False(conversation.Connection.IsClosed);
    }

    [Fact]
    public async Task A_peer_that_falls_silent_is_given_up()
    {
        await using var conversation = await Conversation.OpenAsync(configure: factory => factory.AMQP.IdleTimeout = 100);

        var error = await conversation.ConnectionClosed.Task.InTime();

        Assert.Equal(ErrorCode.ResourceLimitExceeded, error!.Condition);
        Assert.Equal(Code.Close, (await conversation.Peer.ReadAsync())!.Code);
    }

    [Fact]
    public async Task Tls_checks_the_peers_certificate_unless_told_otherwise()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1000));

        var refused = await ConnectByTlsAsync(new ConnectionFactory(), certificate);
        Assert.IsType<AuthenticationException>(refused);

        var trusting = new ConnectionFactory();
        trusting.SSL.RemoteCertificateValidationCallback = (_, presented, _, errors) =>
            errors == SslPolicyErrors.RemoteCertificateChainErrors || presented!.Subject == "CN=127.0.0.1";
        Assert.Null(await ConnectByTlsAsync(trusting, certificate));
    }

    private static async Task<Exception?> ConnectByTlsAsync(ConnectionFactory factory, X509Certificate2 certificate)
    {
        await using var peer = new Peer();
        var connecting = factory.CreateAsync(peer.Address(scheme: "AMQPS"));
        try
        {
            await peer.AcceptAsync(async stream =>
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(certificate);
                return tls;
            });
            await peer.AuthenticateAsync(0, "ANONYMOUS");
            await peer.ReadOpenAsync();
            await peer.SendAsync(0, Code.Open, ["peer"]);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException)
        {
            // The client hung up: why is what it throws.
        }

        return await Record.ExceptionAsync(() => connecting.InTime());
    }
}

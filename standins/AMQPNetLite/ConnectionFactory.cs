using Amqp.Framing;
using Amqp.Handler;

namespace Amqp;

/// <summary>The settings of connections.</summary>
public class ConnectionFactoryBase
{
    private protected ConnectionFactoryBase()
    {
    }

    /// <summary>What a connection proposes to its peer.</summary>
    public AmqpSettings AMQP { get; } = new();

    /// <summary>How a connection uses TCP.</summary>
    public TcpSettings TCP { get; } = new();
}

/// <summary>Makes connections of one kind.</summary>
public class ConnectionFactory : ConnectionFactoryBase
{
    /// <summary>A factory with the defaults.</summary>
    public ConnectionFactory()
    {
    }

    /// <summary>How a connection authenticates.</summary>
    public SaslSettings SASL { get; } = new();

    /// <summary>How a connection uses TLS.</summary>
    public SslSettings SSL { get; } = new();

    /// <summary>Connects; done when the peer has opened its end, within 60 s.</summary>
    /// <param name="address">Where to connect to, and as whom.</param>
    /// <param name="open">What to propose to the peer. What it does not set is as <see cref="ConnectionFactoryBase.AMQP"/> says.</param>
    /// <param name="onOpened">Called with what the peer proposes.</param>
    /// <exception cref="AmqpException">The peer refused: wrong credentials are <see cref="ErrorCode.UnauthorizedAccess"/>.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">There is no peer.</exception>
    /// <exception cref="TimeoutException">The peer did not answer.</exception>
    public Task<Connection> CreateAsync(Address address, Open open = null, OnOpened onOpened = null) =>
        ConnectAsync(address, open, onOpened, CancellationToken.None);

    /// <summary>Connects; done when the peer has opened its end, within 60 s.</summary>
    /// <exception cref="AmqpException">The peer refused: wrong credentials are <see cref="ErrorCode.UnauthorizedAccess"/>.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">There is no peer.</exception>
    /// <exception cref="TimeoutException">The peer did not answer.</exception>
    public Task<Connection> CreateAsync(Address address, CancellationToken cancellationToken, IHandler handler = null) =>
        handler is null
            ? ConnectAsync(address, null, null, cancellationToken)
            : throw new NotSupportedException("This library has nothing to be observed: pass no handler.");

    private async Task<Connection> ConnectAsync(Address address, Open open, OnOpened onOpened, CancellationToken cancellationToken)
    {
        var connection = new Connection(address, this, open, onOpened);
        await connection.ConnectAsync(address, cancellationToken);
        return connection;
    }
}

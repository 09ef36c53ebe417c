using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Amqp.Sasl;

namespace Amqp;

/// <summary>What a connection proposes to its peer (2.7.1).</summary>
public class AmqpSettings
{
    /// <summary>The name of the application. Defaults to a new one for each factory.</summary>
    public string ContainerId { get; set; } = $"AMQPNetLite-{Guid.NewGuid():N}";

    /// <summary>The host that is asked for. Defaults to that of the address.</summary>
    public string HostName { get; set; }

    /// <summary>
    /// The idle timeout that is told to the peer, in milliseconds; the connection is given up when nothing has come for twice as
    /// long, since a peer is told half of what is meant (2.4.5). Defaults to -1, none.
    /// </summary>
    public int IdleTimeout { get; set; } = -1;

    /// <summary>The largest frame that is taken, in bytes. Defaults to 262,144.</summary>
    public int MaxFrameSize { get; set; } = 256 * 1024;

    /// <summary>How many links a session can have. Defaults to 64.</summary>
    public int MaxLinksPerSession { get; set; } = 64;

    /// <summary>How many sessions a connection can have. Defaults to 256.</summary>
    public ushort MaxSessionsPerConnection { get; set; } = 256;
}

/// <summary>How a connection authenticates (5.3).</summary>
public class SaslSettings
{
    /// <summary>The mechanism. Defaults to PLAIN if the address has a user, else to ANONYMOUS.</summary>
    public SaslProfile Profile { get; set; }
}

/// <summary>How a connection uses TLS (5.2).</summary>
public class SslSettings
{
    internal SslSettings()
    {
    }

    /// <summary>Whether it is checked that the peer's certificate was not revoked. Defaults to false.</summary>
    public bool CheckCertificateRevocation { get; set; }

    /// <summary>The client's own certificates.</summary>
    public X509CertificateCollection ClientCertificates { get; set; } = [];

    /// <summary>Chooses one of the client's certificates.</summary>
    public LocalCertificateSelectionCallback LocalCertificateSelectionCallback { get; set; }

    /// <summary>The versions of TLS. Defaults to none, which leaves the choice to the operating system.</summary>
    public SslProtocols Protocols { get; set; } = SslProtocols.None;

    /// <summary>Decides whether the peer's certificate is good. Defaults to the operating system's judgement.</summary>
    public RemoteCertificateValidationCallback RemoteCertificateValidationCallback { get; set; }
}

/// <summary>When TCP looks whether a silent peer is still there.</summary>
public class TcpKeepAliveSettings
{
    /// <summary>How long a connection is silent before it is probed, in milliseconds.</summary>
    public uint KeepAliveTime { get; set; }

    /// <summary>How long it is until the next probe, in milliseconds.</summary>
    public uint KeepAliveInterval { get; set; }
}

/// <summary>How a connection uses TCP. What is not set is left to the operating system.</summary>
public class TcpSettings
{
    private int? _receiveBufferSize;
    private int? _receiveTimeout;
    private int? _sendBufferSize;
    private int? _sendTimeout;

    /// <summary>When TCP looks whether a silent peer is still there. Defaults to null: never.</summary>
    public TcpKeepAliveSettings KeepAlive { get; set; }

    /// <summary>What happens to unsent data when the socket is closed.</summary>
    public LingerOption LingerOption { get; set; }

    /// <summary>Whether small packets are sent at once. Defaults to true: frames are gathered before they are written.</summary>
    public bool NoDelay { get; set; } = true;

    /// <summary>The size of the socket's receive buffer, in bytes.</summary>
    public int ReceiveBufferSize { get => _receiveBufferSize ?? 0; set => _receiveBufferSize = value; }

    /// <summary>How long a blocking read may take, in milliseconds.</summary>
    public int ReceiveTimeout { get => _receiveTimeout ?? 0; set => _receiveTimeout = value; }

    /// <summary>The size of the socket's send buffer, in bytes.</summary>
    public int SendBufferSize { get => _sendBufferSize ?? 0; set => _sendBufferSize = value; }

    /// <summary>How long a blocking write may take, in milliseconds.</summary>
    public int SendTimeout { get => _sendTimeout ?? 0; set => _sendTimeout = value; }

    internal void ApplyTo(Socket socket)
    {
        socket.NoDelay = NoDelay;

        // Also setting a size to what it is would switch off the operating system's tuning of it.
        Apply(_receiveBufferSize, size => socket.ReceiveBufferSize = size);
        Apply(_receiveTimeout, timeout => socket.ReceiveTimeout = timeout);
        Apply(_sendBufferSize, size => socket.SendBufferSize = size);
        Apply(_sendTimeout, timeout => socket.SendTimeout = timeout);
        if (LingerOption is not null)
        {
            socket.LingerState = LingerOption;
        }

        if (KeepAlive is not null)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Seconds(KeepAlive.KeepAliveTime));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Seconds(KeepAlive.KeepAliveInterval));
        }
    }

    private static void Apply(int? value, Action<int> set)
    {
        if (value is { } number)
        {
            set(number);
        }
    }

    private static int Seconds(uint milliseconds) => (int)Math.Clamp(milliseconds / 1000, 1, int.MaxValue);
}

using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Amqp.Transport;

/// <summary>Makes the stream that a connection runs over: TCP, with TLS if the address says so (5.2).</summary>
internal static class Connector
{
    public static async Task<Stream> ConnectAsync(Address address, TcpSettings tcp, SslSettings ssl, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            tcp.ApplyTo(socket);
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            var network = new NetworkStream(socket, ownsSocket: true);
            return address.UseSsl ? await EncryptAsync(network, address.Host, ssl, cancellationToken) : network;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Tells the peer that nothing more comes; what it sends can still be read.</summary>
    public static async Task EndWritingAsync(Stream stream)
    {
        switch (stream)
        {
            case NetworkStream network: network.Socket.Shutdown(SocketShutdown.Send); break;
            case SslStream tls: await tls.ShutdownAsync(); break;
        }
    }

    [SuppressMessage("Security", "CA5359", Justification = "Only if the application itself sets DisableServerCertValidation.")]
    private static async Task<Stream> EncryptAsync(Stream network, string host, SslSettings ssl, CancellationToken cancellationToken)
    {
        var stream = new SslStream(network, leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = ssl.Protocols,
            ClientCertificates = ssl.ClientCertificates,
            CertificateRevocationCheckMode = ssl.CheckCertificateRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
            LocalCertificateSelectionCallback = ssl.LocalCertificateSelectionCallback,
            RemoteCertificateValidationCallback = Connection.DisableServerCertValidation
                ? AcceptAny
                : ssl.RemoteCertificateValidationCallback,
        };
        await stream.AuthenticateAsClientAsync(options, cancellationToken);
        return stream;
    }

    private static bool AcceptAny(object sender, X509Certificate certificate, X509Chain chain, SslPolicyErrors errors) => true;
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ReceiverService.Tests.Wires;

/// <summary>A TLS entrance to the broker. Only a process that gets its certificate trusts it.</summary>
internal sealed class TlsEntrance : IAsyncDisposable
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(1);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly X509Certificate2 _certificate = MakeCertificate();
    private readonly Uri _broker;
    private readonly Task _accepting;
    private int _connections;

    /// <param name="broker">The broker's address without TLS.</param>
    public TlsEntrance(string broker)
    {
        _broker = new Uri(broker);
        CertificateFile = Path.Combine(Path.GetTempPath(), $"certificate-{Guid.NewGuid():N}.pem");
        File.WriteAllText(CertificateFile, _certificate.ExportCertificatePem());
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        Address = new UriBuilder(_broker) { Scheme = "amqps", Host = "127.0.0.1", Port = Port }.Uri.AbsoluteUri;
        _accepting = AcceptAsync();
    }

    /// <summary>The address for the service.</summary>
    public string Address { get; }

    public int Port { get; }

    /// <summary>The certificate without its key, for a process that should trust it.</summary>
    public string CertificateFile { get; }

    /// <summary>Number of connections of the service, with those that did not trust the certificate.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _end.Dispose();
        _certificate.Dispose();
        File.Delete(CertificateFile);
    }

    /// <summary>Signs the certificate with its own key. So it is also the authority to trust.</summary>
    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=The broker of a test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now - Validity, now + Validity);
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var service = await _listener.AcceptTcpClientAsync(_end.Token);
                Interlocked.Increment(ref _connections);
                connections.Add(RelayAsync(service));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(TcpClient service)
    {
        using (service)
        {
            try
            {
                await using var encrypted = new SslStream(service.GetStream());
                var options = new SslServerAuthenticationOptions { ServerCertificate = _certificate };
                await encrypted.AuthenticateAsServerAsync(options, _end.Token);
                using var broker = new TcpClient(_broker.Host, _broker.Port);
                var asked = encrypted.CopyToAsync(broker.GetStream(), _end.Token);
                var answered = broker.GetStream().CopyToAsync(encrypted, _end.Token);
                await await Task.WhenAny(asked, answered);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or AuthenticationException)
            {
                // One end is gone, or does not trust the other. Disposing closes both.
            }
        }
    }
}

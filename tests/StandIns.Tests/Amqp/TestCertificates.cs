using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StandIns.Tests.Amqp;

public enum ServerCertificate
{
    Good,
    Expired,
    SelfSigned,
}

/// <summary>An authority of the tests' own and the certificates of its servers.</summary>
public sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly Dictionary<ServerCertificate, X509Certificate2> _servers;

    public TestCertificates()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Tests' authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Authority = request.CreateSelfSigned(Now.AddDays(-10), Now.AddDays(10));
        _servers = new()
        {
            [ServerCertificate.Good] = MakeServer(signed: true, Now.AddDays(9)),
            [ServerCertificate.Expired] = MakeServer(signed: true, Now.AddDays(-1)),
            [ServerCertificate.SelfSigned] = MakeServer(signed: false, Now.AddDays(9)),
        };
    }

    public X509Certificate2 Authority { get; }

    public X509Certificate2 this[ServerCertificate kind] => _servers[kind];

    /// <summary>Whether a certificate is the authority's, in time, and the server's own.</summary>
    public bool IsTrusted(X509Certificate certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build((X509Certificate2)certificate);
    }

    public void Dispose()
    {
        Authority.Dispose();
        _servers.Values.ToList().ForEach(server => server.Dispose());
    }

    private X509Certificate2 MakeServer(bool signed, DateTimeOffset end)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        if (!signed)
        {
            return request.CreateSelfSigned(Now.AddDays(-9), end);
        }

        using var certificate = request.Create(Authority, Now.AddDays(-9), end, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}

namespace Amqp;

/// <summary>Where a peer is, and as whom to go there.</summary>
public sealed class Address
{
    private const string Amqp = "AMQP";
    private const string Amqps = "AMQPS";
    private const int AmqpPort = 5672;
    private const int AmqpsPort = 5671;

    /// <summary>Reads a URI such as <c>amqp://user:password@host:5672/</c>, user and password percent-encoded.</summary>
    /// <exception cref="UriFormatException"><paramref name="address"/> is not a URI.</exception>
    /// <exception cref="NotSupportedException">The scheme is neither amqp nor amqps.</exception>
    public Address(string address)
    {
        var uri = new Uri(address, UriKind.Absolute);
        Scheme = uri.Scheme.ToUpperInvariant();
        CheckScheme();
        Host = uri.IdnHost;
        Port = uri.IsDefaultPort || uri.Port < 0 ? DefaultPort : uri.Port;
        Path = uri.AbsolutePath.Length == 0 ? "/" : uri.AbsolutePath;
        if (uri.UserInfo.Length > 0)
        {
            var parts = uri.UserInfo.Split(':', 2);
            User = Uri.UnescapeDataString(parts[0]);
            Password = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : null;
        }
    }

    /// <summary>An address of parts, nothing encoded.</summary>
    /// <param name="host">The name or the IP address of the host.</param>
    /// <param name="port">The TCP port, or -1 for the scheme's own.</param>
    /// <param name="user">The user, or null to connect without a name.</param>
    /// <param name="password">The user's password.</param>
    /// <param name="path">The path.</param>
    /// <param name="scheme">AMQP, or AMQPS for TLS.</param>
    /// <exception cref="NotSupportedException">The scheme is neither amqp nor amqps.</exception>
    public Address(string host, int port, string user = null, string password = null, string path = "/", string scheme = Amqps)
    {
        Scheme = scheme.ToUpperInvariant();
        CheckScheme();
        Host = host;
        Port = port < 0 ? DefaultPort : port;
        Path = path;
        User = user;
        Password = password;
    }

    /// <summary>The name or the IP address of the host.</summary>
    public string Host { get; }

    /// <summary>The password, decoded; null if there is none.</summary>
    public string Password { get; }

    /// <summary>The path.</summary>
    public string Path { get; }

    /// <summary>The TCP port; 5672 or, with TLS, 5671 if the address has none.</summary>
    public int Port { get; }

    /// <summary>AMQP or AMQPS.</summary>
    public string Scheme { get; }

    /// <summary>The user, decoded; null if there is none.</summary>
    public string User { get; }

    /// <summary>Whether the connection uses TLS.</summary>
    public bool UseSsl => Scheme == Amqps;

    private int DefaultPort => UseSsl ? AmqpsPort : AmqpPort;

    private void CheckScheme()
    {
        if (Scheme is not (Amqp or Amqps))
        {
            throw new NotSupportedException($"The scheme of an address is amqp or amqps, not {Scheme}.");
        }
    }
}

using Amqp.Types;

namespace Amqp.Sasl;

/// <summary>How a connection proves who it is (5.3).</summary>
public abstract class SaslProfile
{
    private protected SaslProfile(Symbol mechanism) => Mechanism = mechanism;

    /// <summary>Without a name (RFC 4505).</summary>
    public static SaslProfile Anonymous { get; } = new FixedProfile("ANONYMOUS", []);

    /// <summary>By what the transport knows, such as the client certificate of TLS (RFC 4422, appendix A).</summary>
    public static SaslProfile External { get; } = new FixedProfile("EXTERNAL", []);

    /// <summary>The name of the mechanism.</summary>
    public Symbol Mechanism { get; }

    internal abstract byte[] InitialResponse { get; }

    /// <summary>
    /// By user name and password (RFC 4616): who to act as (empty), who one is and the password, a zero byte between them.
    /// </summary>
    internal static SaslProfile Plain(string user, string password) =>
        new FixedProfile("PLAIN", System.Text.Encoding.UTF8.GetBytes($"\0{user}\0{password}"));

    private sealed class FixedProfile(Symbol mechanism, byte[] initialResponse) : SaslProfile(mechanism)
    {
        internal override byte[] InitialResponse { get; } = initialResponse;
    }
}

using System.Diagnostics.CodeAnalysis;
using Amqp;

namespace ServiceDefaults.Amqp;

/// <summary>The address of a broker: <c>amqp://user:password@host:port</c> or <c>amqps://…</c>, user and password percent-encoded.</summary>
public static class AmqpAddress
{
    /// <summary>
    /// Takes a URI apart. AMQPNetLite can do so too, but not if the host is an IPv6 address, nor if there is a user without a password.
    /// </summary>
    public static bool TryParse(string uri, [NotNullWhen(true)] out Address? address)
    {
        address = null;
        if (Uri.TryCreate(uri, UriKind.Absolute, out var parts) && parts.Scheme is "amqp" or "amqps" && parts.Host.Length > 0)
        {
            address = AddressOf(parts);
        }

        return address is not null;
    }

    private static Address AddressOf(Uri parts)
    {
        var credentials = parts.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString).ToArray();
        var user = credentials[0].Length > 0 ? credentials[0] : null;
        var password = user is null ? null : credentials.ElementAtOrDefault(1) ?? "";

        // A port that is not given is -1, which the constructor takes for the scheme's own.
        return new Address(parts.DnsSafeHost, parts.Port, user, password, "/", parts.Scheme);
    }
}

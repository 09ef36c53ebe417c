using System.Diagnostics.CodeAnalysis;

namespace Messaging.Amqp;

/// <summary>Address of a broker: <c>amqp://user:password@host:port</c> or <c>amqps://…</c>, user and password percent-encoded.</summary>
public static class AmqpAddress
{
    /// <summary>Parses a URI. AMQPNetLite's own parser takes neither an IPv6 host nor a user without a password.</summary>
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

        // A missing port is -1. The constructor then uses the default port of the scheme.
        return new Address(parts.DnsSafeHost, parts.Port, user, password, "/", parts.Scheme);
    }
}

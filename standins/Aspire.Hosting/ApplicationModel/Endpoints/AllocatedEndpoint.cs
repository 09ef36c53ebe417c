using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The address of an endpoint. It stays the same for as long as the application runs, through every stop and start.</summary>
public class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port, string? targetPortExpression = null)
{
    public EndpointAnnotation Endpoint { get; } = endpoint;

    public string Address { get; } = address;

    public int Port { get; } = port;

    public string? TargetPortExpression { get; } = targetPortExpression;

    public string UriScheme => Endpoint.UriScheme;

    public string EndPointString => string.Create(CultureInfo.InvariantCulture, $"{Address}:{Port}");

    public string UriString => $"{UriScheme}://{EndPointString}";

    public override string ToString() => EndPointString;
}

public static class KnownHostNames
{
    public const string Localhost = "localhost";
}

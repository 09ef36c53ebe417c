using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>The key that a caller has to send in a header.</summary>
internal sealed class ApiKey(string header, string value)
{
    private readonly byte[] _expected = Encoding.UTF8.GetBytes(value);

    /// <summary>Takes the same time for every wrong key of the right length, so that none can be guessed byte by byte.</summary>
    public bool IsSentBy(HttpRequest request) =>
        request.Headers[header] is [{ } sent] && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), _expected);
}

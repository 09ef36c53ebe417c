namespace Aspire.Hosting.Dashboard;

/// <summary>Finds out when the dashboard's pages can be opened.</summary>
internal static class FrontendProbe
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits for any answer. How long it takes depends on the machine: the first run of the CLI unpacks the dashboard.</summary>
    public static async Task WaitUntilAnswersAsync(Uri frontend, CancellationToken cancellationToken)
    {
        // Whether a browser trusts the certificate is not the question here.
        using var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using var client = new HttpClient(handler);
        var health = new Uri(frontend, "/health");
        while (!await AnswersAsync(client, health, cancellationToken))
        {
            await Task.Delay(Interval, cancellationToken);
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient client, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return true;
        }
        catch (HttpRequestException)
        {
            // Not yet.
            return false;
        }
    }
}

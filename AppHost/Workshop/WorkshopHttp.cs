namespace AppHost.Workshop;

internal static class WorkshopHttp
{
    // Short: a request to a paused service would hang.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A client of the services. It passes on no trace: the request would take part in one that nobody records, and have none itself.
    /// </summary>
    public static HttpClient Client() =>
        new(new SocketsHttpHandler { ActivityHeadersPropagator = null, UseCookies = false, UseProxy = false }) { Timeout = Patience };
}

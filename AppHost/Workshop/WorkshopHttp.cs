namespace AppHost.Workshop;

internal static class WorkshopHttp
{
    /// <summary>A request to a paused service would hang. A sender whose database is silent answers within 9 seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A client of the services. It passes on no trace: the request would take part in one that nobody records, and have none itself.
    /// </summary>
    public static HttpClient Client() =>
        new(new SocketsHttpHandler { ActivityHeadersPropagator = null, UseCookies = false, UseProxy = false }) { Timeout = Patience };
}

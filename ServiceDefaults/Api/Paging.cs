using System.Globalization;

namespace ServiceDefaults.Api;

/// <summary>Pages by key. A page starts after the last id of the one before, so each page costs the same.</summary>
public static class Paging
{
    private static readonly string[] Own = ["limit", "after"];

    /// <summary>
    /// Returns the first <paramref name="limit"/> items, with a Link to the next page (RFC 8288). Without a limit it returns all, as a
    /// stream.
    /// </summary>
    public static async Task<IAsyncEnumerable<TResponse>> ToPageAsync<TItem, TResponse>(
        this IQueryable<TItem> items,
        int? limit,
        Func<TItem, Guid> id,
        Func<TItem, TResponse> response,
        HttpContext http,
        CancellationToken cancellationToken)
        where TItem : class
    {
        if (limit is not { } most)
        {
            return items.AsNoTracking().AsAsyncEnumerable().Select(response);
        }

        var page = await items.AsNoTracking().Take(most).ToListAsync(cancellationToken);
        http.LinkToNextPage(page, most, item => id(item).ToString());
        return page.Select(response).ToAsyncEnumerable();
    }

    /// <summary>Links a full page to the next one (RFC 8288). A page that is not full is the last.</summary>
    public static void LinkToNextPage<T>(this HttpContext http, IReadOnlyList<T> page, int limit, Func<T, string> id)
    {
        if (page.Count == limit)
        {
            // The names of parameters are not case-sensitive. An old one beside the new one would be bound twice.
            var others = http.Request.Query.Where(parameter => !Own.Contains(parameter.Key, StringComparer.OrdinalIgnoreCase));
            var query = QueryString.Create(others)
                .Add("limit", limit.ToString(CultureInfo.InvariantCulture))
                .Add("after", id(page[^1]));
            http.Response.Headers.Link = $"<{http.Request.Path}{query}>; rel=\"next\"";
        }
    }
}

using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Api;

/// <summary>Lists by key: a page goes on after the last id of the one before, so that it costs the same however far in it is.</summary>
public static class Paging
{
    private static readonly string[] Own = ["limit", "after"];

    /// <summary>
    /// The first <paramref name="limit"/> items, with a Link to the next page (RFC 8288) if there may be one; or all of them, as a stream,
    /// if there is no limit.
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

    /// <summary>Links a full page to the next one (RFC 8288); one that is not full is the last.</summary>
    public static void LinkToNextPage<T>(this HttpContext http, IReadOnlyList<T> page, int limit, Func<T, string> id)
    {
        if (page.Count == limit)
        {
            // Parameters are bound whatever the case of their names: one that stayed beside the new one would be bound twice.
            var others = http.Request.Query.Where(parameter => !Own.Contains(parameter.Key, StringComparer.OrdinalIgnoreCase));
            var query = QueryString.Create(others)
                .Add("limit", limit.ToString(CultureInfo.InvariantCulture))
                .Add("after", id(page[^1]));
            http.Response.Headers.Link = $"<{http.Request.Path}{query}>; rel=\"next\"";
        }
    }
}

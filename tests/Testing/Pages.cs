using System.Net.Http.Json;

namespace Testing;

/// <summary>Lists with several pages. The header <c>Link</c> has the address of the next page (RFC 8288).</summary>
public static class Pages
{
    /// <summary>Reads all pages, beginning at <paramref name="path"/>.</summary>
    /// <exception cref="InvalidOperationException">A page names itself as the next page.</exception>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(HttpClient client, string path)
    {
        var all = new List<T>();
        for (var next = path; next is not null;)
        {
            using var page = await client.GetAsync(new Uri(next, UriKind.Relative));
            page.EnsureSuccessStatusCode();
            all.AddRange((await page.Content.ReadFromJsonAsync<T[]>())!);
            var following = page.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
            next = following != next ? following : throw new InvalidOperationException($"{next} names itself as the next page.");
        }

        return all;
    }
}

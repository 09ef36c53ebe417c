using System.Net.Http.Json;

namespace Testing;

/// <summary>Lists that come a page at a time, the next one under the address in the header <c>Link</c> (RFC 8288).</summary>
public static class Pages
{
    /// <summary>Reads from the page at <paramref name="path"/> to the last.</summary>
    /// <exception cref="InvalidOperationException">A page says that it is followed by itself.</exception>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(HttpClient client, string path)
    {
        var all = new List<T>();
        for (var next = path; next is not null;)
        {
            using var page = await client.GetAsync(new Uri(next, UriKind.Relative));
            page.EnsureSuccessStatusCode();
            all.AddRange((await page.Content.ReadFromJsonAsync<T[]>())!);
            var following = page.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
            next = following != next ? following : throw new InvalidOperationException($"{next} is followed by itself.");
        }

        return all;
    }
}

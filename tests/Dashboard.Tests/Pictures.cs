using Microsoft.Playwright;

namespace Dashboard.Tests;

/// <summary>The pictures of the README.</summary>
internal static class Pictures
{
    /// <summary>Takes a picture of a page into docs/images, if pictures are asked for. Otherwise a test changes no file.</summary>
    public static async Task TakeAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("OUTBOXDEMO_PICTURES") == "1")
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Solution.PathOf($"docs/images/{name}.png") });
        }
    }
}

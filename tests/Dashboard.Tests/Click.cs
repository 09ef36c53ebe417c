using Microsoft.Playwright;

namespace Dashboard.Tests;

internal static class Click
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan TimeToShow = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Clicks until the effect is seen. While something changes the dashboard renders itself anew, and a click in that moment is lost; so
    /// this is for clicks that may happen twice.
    /// </summary>
    /// <param name="effect">What is then seen.</param>
    /// <param name="targets">What to click on, one after another: a menu and its entry, for example.</param>
    public static async Task UntilSeenAsync(ILocator effect, params ILocator[] targets)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await effect.IsVisibleAsync())
        {
            try
            {
                // A menu that is open already covers the button that opens it.
                foreach (var target in targets.Skip(await LastVisibleAsync(targets)))
                {
                    await target.ClickAsync(new LocatorClickOptions { Timeout = (float)TimeToShow.TotalMilliseconds });
                }

                await effect.WaitForAsync(new LocatorWaitForOptions { Timeout = (float)TimeToShow.TotalMilliseconds });
            }
            catch (Exception exception) when (exception is TimeoutException or PlaywrightException && !deadline.IsCancellationRequested)
            {
                // Lost, or not there yet: once more, without what covers the page.
                await targets[0].Page.Keyboard.PressAsync("Escape");
            }
        }
    }

    private static async Task<int> LastVisibleAsync(ILocator[] targets)
    {
        var last = targets.Length - 1;
        while (last > 0 && !await targets[last].IsVisibleAsync())
        {
            last--;
        }

        return last;
    }
}

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
                foreach (var target in targets)
                {
                    await target.ClickAsync(new LocatorClickOptions { Timeout = (float)TimeToShow.TotalMilliseconds });
                }

                await effect.WaitForAsync(new LocatorWaitForOptions { Timeout = (float)TimeToShow.TotalMilliseconds });
            }
            catch (Exception exception) when (exception is TimeoutException or PlaywrightException && !deadline.IsCancellationRequested)
            {
                // Lost, or not there yet: once more.
            }
        }
    }
}

using Microsoft.Playwright;

namespace Dashboard.Tests;

internal static class Click
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan TimeToShow = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Clicks until the effect can be seen. The dashboard renders itself again after each change, and loses a click at that moment. Use it
    /// only for clicks that may happen twice.
    /// </summary>
    /// <param name="effect">What can be seen after the click.</param>
    /// <param name="targets">What to click on, one after another. For example, a menu and its entry.</param>
    public static Task UntilSeenAsync(ILocator effect, params ILocator[] targets) => UntilSeenAsync(TimeToShow, effect, targets);

    /// <inheritdoc cref="UntilSeenAsync(ILocator, ILocator[])"/>
    /// <param name="timeToShow">How long the effect itself may take. Afterwards the click counts as lost.</param>
    public static async Task UntilSeenAsync(TimeSpan timeToShow, ILocator effect, params ILocator[] targets)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await effect.IsVisibleAsync())
        {
            try
            {
                // An open menu covers its own button.
                foreach (var target in targets.Skip(await LastVisibleAsync(targets)))
                {
                    await target.ClickAsync(new LocatorClickOptions { Timeout = (float)TimeToShow.TotalMilliseconds });
                }

                await effect.WaitForAsync(new LocatorWaitForOptions { Timeout = (float)timeToShow.TotalMilliseconds });
            }
            catch (Exception exception) when (exception is TimeoutException or PlaywrightException && !deadline.IsCancellationRequested)
            {
                // The click was lost, or the target is not there yet. Close what covers the page and try again.
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

using System.Globalization;
using Microsoft.Playwright;

namespace Dashboard.Tests;

/// <summary>A browser's window on the pipeline's page.</summary>
internal sealed class PipelineWindow(IPage page) : Window(page)
{
    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>What the page says of a process.</summary>
    public ILocator State(string process) => Page.Locator($"#parts tr[data-part='{process}'] .state");

    public ILocator Station(string id) => Page.Locator($"#station-{id}");

    /// <summary>Waits until the page is told what happens.</summary>
    public Task LiveAsync() => Page.Locator("#live:text-is('Live')").WaitForAsync();

    /// <summary>A number of the ledger.</summary>
    public async Task<int> LedgerAsync(string name) => int.Parse(
        await Eventually.GetAsync(() => Page.Locator($"#ledger dd[data-of='{name}']").InnerTextAsync(), text => text != "–"),
        NumberStyles.AllowThousands,
        CultureInfo.InvariantCulture);

    /// <summary>The number in a line of a station, such as "dead letters: 3".</summary>
    public async Task<int> LineAsync(string station, string line)
    {
        var text = await Station(station).GetByText(line).InnerTextAsync();
        return int.TryParse(text.Split(' ')[^1], NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }

    public Task LedgerReachesAsync(string name, int number) =>
        Eventually.GetAsync(() => LedgerAsync(name), value => value >= number, Deadline);

    /// <summary>Waits until a process is in a state.</summary>
    public Task StateAsync(string process, string state) => StateAsync(process, text => text == state);

    /// <summary>Waits until a process has ended, in order or not.</summary>
    public Task EndedAsync(string process) => StateAsync(process, text => text is "Finished" or "Exited");

    /// <summary>Waits until all that was acknowledged is there. Nothing may be lost, doubled or out of order.</summary>
    public async Task AssertAllIsThereAsync()
    {
        await Eventually.GetAsync(() => LedgerAsync("onTheWay"), number => number == 0, Deadline);
        Assert.Equal(await LedgerAsync("acknowledged"), await LedgerAsync("applied"));
        Assert.Equal((0, 0, 0), (await LedgerAsync("lost"), await LedgerAsync("doubled"), await LedgerAsync("outOfOrder")));
    }

    private async Task StateAsync(string process, Predicate<string> condition) => await Eventually.GetAsync(
        () => State(process).InnerTextAsync(), condition, Deadline, state => $"{process}: {state}");
}

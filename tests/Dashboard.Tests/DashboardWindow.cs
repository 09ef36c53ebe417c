using Microsoft.Playwright;

namespace Dashboard.Tests;

/// <summary>A browser's window on the dashboard.</summary>
internal sealed class DashboardWindow(IPage page) : Window(page)
{
    /// <summary>The row of a resource.</summary>
    public ILocator Row(string resource) => Page.Locator($"tr:has(td[title$=': {resource}'])");

    /// <summary>The state of a resource, when its text is exactly this. An unhealthy resource reads "Running (Unhealthy)".</summary>
    public ILocator State(string resource, string state) => Row(resource).Locator($"td[col-index='2'] span:text-is('{state}')");

    /// <param name="title">What its tooltip begins with.</param>
    public ILocator Button(string title) => Page.Locator($"fluent-button[title^='{title}']");

    public Task GotoAsync(string path) => Page.GotoAsync(path);

    /// <inheritdoc cref="Pictures.TakeAsync"/>
    public Task PictureAsync(string name) => Pictures.TakeAsync(Page, name);
}

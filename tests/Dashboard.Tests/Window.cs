using Microsoft.Playwright;

namespace Dashboard.Tests;

/// <summary>A browser's window.</summary>
internal abstract class Window : IAsyncDisposable
{
    /// <summary>Long enough for slow machines. Only a fault reaches it.</summary>
    protected static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    protected Window(IPage page)
    {
        Page = page;
        Page.SetDefaultTimeout((float)Deadline.TotalMilliseconds);
    }

    public IPage Page { get; }

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}

using System.Reflection;
using Xunit;

namespace Testing;

/// <summary>The Program of a service that cannot start, run in this process: many starts in little time.</summary>
public static class ServiceEntry
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    /// <summary>The service must end by itself, with an exit code that scripts notice, and write one line.</summary>
    /// <param name="service">The service.</param>
    /// <param name="settings">Its configuration: <c>Outbox:Queue=…</c>.</param>
    /// <returns>The line.</returns>
    public static async Task<string> FailedStartAsync(Assembly service, params IEnumerable<string> settings)
    {
        string[] arguments = ["--urls=http://127.0.0.1:0", $"--contentRoot={AppContext.BaseDirectory}", .. settings.Select(s => $"--{s}")];
        await OneAtATime.WaitAsync();
        var console = Console.Error;
        using var error = new StringWriter();
        try
        {
            Console.SetError(error);
            var exitCode = await Task.Run(() => (int)service.EntryPoint!.Invoke(null, [arguments])!).WaitAsync(Deadline);
            Assert.True(exitCode != 0, $"The exit code is 0. Settings: {string.Join(' ', arguments)}");
        }
        finally
        {
            Console.SetError(console);
            OneAtATime.Release();
        }

        return Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}

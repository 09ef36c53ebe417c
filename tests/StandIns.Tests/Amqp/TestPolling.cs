namespace StandIns.Tests.Amqp;

internal static class TestPolling
{
    /// <summary>Looks until a condition holds, for what has no signal.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline.Default);
        while (!condition())
        {
            await Task.Delay(5, deadline.Token);
        }
    }
}

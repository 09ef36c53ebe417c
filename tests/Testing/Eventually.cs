using Xunit.Sdk;

namespace Testing;

/// <summary>Waits for a condition that becomes true by itself, with a deadline that only a fault can reach.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads a service's health report until every check is healthy, the broker's too.</summary>
    public static Task HealthyAsync(Func<Task<string>> report) =>
        GetAsync(report, health => health.StartsWith("""{"status":"Healthy",""", StringComparison.Ordinal));

    /// <summary>Reads until the value satisfies the condition.</summary>
    /// <exception cref="XunitException">The value did not satisfy it in time. The message contains the last value.</exception>
    public static async Task<T> GetAsync<T>(
        Func<Task<T>> read, Predicate<T> condition, TimeSpan? deadline = null, Func<T, string>? describe = null)
    {
        using var timeout = new CancellationTokenSource(deadline ?? Deadline);
        while (true)
        {
            var value = await read();
            if (condition(value))
            {
                return value;
            }

            if (timeout.IsCancellationRequested)
            {
                throw new XunitException($"The condition was not met in time; the last value was {describe?.Invoke(value) ?? $"{value}"}.");
            }

            await Task.Delay(Interval);
        }
    }
}

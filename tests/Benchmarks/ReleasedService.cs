using System.Globalization;

namespace Benchmarks;

/// <summary>A release build of a service, in a process of its own.</summary>
internal static class ReleasedService
{
    /// <summary>Starts a service and waits until it is healthy.</summary>
    /// <param name="name">The name of its project.</param>
    /// <param name="settings">Its configuration, as on a command line: <c>Outbox:Queue=…</c>.</param>
    public static async Task<ServiceInstance> StartAsync(string name, params string[] settings)
    {
        var service = ServiceInstance.Start(
            AssemblyOf(name),
            new Dictionary<string, string>
            {
                ["DOTNET_STARTUP_HOOKS"] = AssemblyOf("Peers"),

                // By default, no call is counted until no new method was called for 100 ms. On a busy machine that takes minutes.
                ["DOTNET_TC_CallCountingDelayMs"] = "0",
            },
            [
                "environment=Production",
                "Logging:LogLevel:Default=Warning",
                // This message says where it listens.
                "Logging:LogLevel:Microsoft.Hosting.Lifetime=Information",
                .. settings,
            ]);
        try
        {
            await service.WaitUntilHealthyAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many bytes a service has allocated so far. The startup hook of the peers answers.</summary>
    public static async Task<long> CountAllocatedBytesAsync(this ServiceInstance service)
    {
        const string Answer = "allocated bytes: ";
        var answers = Answers().Count();
        await service.SignalAsync("USR1");
        var newest = await Eventually.GetAsync(() => Task.FromResult(Answers().ElementAtOrDefault(answers)), answer => answer is not null);
        return long.Parse(newest![Answer.Length..], CultureInfo.InvariantCulture);

        IEnumerable<string> Answers() => service.Output.Where(line => line.StartsWith(Answer, StringComparison.Ordinal));
    }

    private static string AssemblyOf(string name) =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", name, "release", $"{name}.dll"));
}

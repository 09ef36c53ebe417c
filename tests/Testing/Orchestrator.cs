using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Testing;

/// <summary>Aspire's orchestrator, the program that runs the resources of a test.</summary>
/// <remarks>
/// On a busy machine, about one start in three hundred fails: the orchestrator (13.6.5) does not answer. Such a start is repeated once.
/// What was logged is kept beside the test results, and `demo.cs test` prints it.
/// </remarks>
public static class Orchestrator
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    /// <summary>An application that is described by a test: on free ports, and without a dashboard.</summary>
    public static IDistributedApplicationBuilder CreateBuilder() => DistributedApplication.CreateBuilder(new DistributedApplicationOptions
    {
        // The assembly that knows where the orchestrator is.
        AssemblyName = "AppHost",
        DisableDashboard = true,
        Args = ["--DcpPublisher:RandomizePorts=true", "--DcpPublisher:WaitForResourceCleanup=true"],
    });

    /// <summary>Starts an application. Does not wait for its resources.</summary>
    /// <param name="build">Builds it, once for each attempt.</param>
    public static async Task<DistributedApplication> StartAsync(Func<Task<DistributedApplication>> build)
    {
        try
        {
            return await TryStartAsync(build);
        }
        catch (DistributedApplicationException)
        {
            return await TryStartAsync(build);
        }
    }

    /// <exception cref="DistributedApplicationException">It did not start. The message names a file that says why.</exception>
    private static async Task<DistributedApplication> TryStartAsync(Func<Task<DistributedApplication>> build)
    {
        var app = await build();
        var log = new StartLog();
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        try
        {
            using var timeout = new CancellationTokenSource(StartTimeout);
            await app.StartAsync(timeout.Token);
            log.Dispose();
            return app;
        }
        catch (Exception reason)
        {
            log.Add($"It did not start: {reason}");
            await DisposeAsync(app, log);
            throw new DistributedApplicationException($"The application did not start: see {await log.SaveAsync()}.", reason);
        }
    }

    /// <summary>Ends what was started. An orchestrator that does not answer cannot stop either. It ends with the test's process.</summary>
    private static async Task DisposeAsync(DistributedApplication app, StartLog log)
    {
        try
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        catch (Exception reason)
        {
            log.Add($"It did not stop: {reason}");
        }
    }

    /// <summary>Everything that Aspire and its orchestrator log during a start, with times.</summary>
    private sealed class StartLog : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = [];
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private volatile bool _hasStarted;

        public void Add(string line) => _lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed} {line}"));

        /// <returns>The file.</returns>
        public async Task<string> SaveAsync()
        {
            var file = Solution.PathOf($"artifacts/test-results/start-{Guid.NewGuid():N}.log");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllLinesAsync(file, _lines);
            return file;
        }

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => !_hasStarted;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Add($"{formatter(state, exception)} {exception}");
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        /// <summary>Keeps nothing of what is logged later, while the application runs.</summary>
        public void Dispose()
        {
            _hasStarted = true;
            _lines.Clear();
        }
    }
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ServiceDefaults.Resilience;

namespace Messaging.Tests.Resilience;

/// <summary>An interruption of a service's work is logged once, however it began.</summary>
public sealed class ResilientServiceTests
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData(1, "throws", "throws")]
    [InlineData(0, "returns", "returns")]
    [InlineData(1, "returns", "throws", "throws", "returns", "throws")]
    [InlineData(2, "returns", "throws", "throws", "makes progress and throws", "throws")]
    [InlineData(2, "throws", "makes progress and returns", "throws", "throws")]
    public async Task An_exception_is_logged_once_until_the_work_makes_progress(int lines, params string[] work)
    {
        var log = new LineCount();
        var time = new FakeTimeProvider();
        using var service = new ScriptedService(work, time, log);
        await service.StartAsync(default);
        await Eventually.GetAsync(
            () =>
            {
                time.Advance(LongestDelay);
                return Task.FromResult(service.ExecuteTask!.IsCompleted);
            },
            isCompleted => isCompleted);
        await service.ExecuteTask!;
        Assert.Equal(lines, log.Value);
    }

    /// <summary>Is interrupted as the script says. Then its work is complete.</summary>
    private sealed class ScriptedService(IEnumerable<string> work, TimeProvider time, ILogger logger) : ResilientService(time, logger)
    {
        private readonly Queue<string> _work = new(work);

        protected override Task<bool> WorkAsync(CancellationToken stoppingToken)
        {
            if (!_work.TryDequeue(out var step))
            {
                return Task.FromResult(true);
            }

            if (step.StartsWith("makes progress", StringComparison.Ordinal))
            {
                ReportProgress();
            }

            return step.EndsWith("throws", StringComparison.Ordinal) ? throw new IOException(step) : Task.FromResult(false);
        }
    }

    private sealed class LineCount : ILogger
    {
        public int Value { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Value++;
    }
}

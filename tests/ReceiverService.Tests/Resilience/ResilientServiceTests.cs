using Microsoft.Extensions.Logging;
using ServiceDefaults.Resilience;

namespace ReceiverService.Tests.Resilience;

/// <summary>What interrupts a service's work is logged once, however the interruption began.</summary>
public sealed class ResilientServiceTests
{
    [Theory]
    [InlineData(1, "throws", "throws")]
    [InlineData(0, "returns", "returns")]
    [InlineData(1, "returns", "throws", "throws", "returns", "throws")]
    [InlineData(2, "returns", "throws", "throws", "gets on and throws", "throws")]
    [InlineData(2, "throws", "gets on and returns", "throws", "throws")]
    public async Task An_exception_is_logged_once_until_the_work_gets_on(int lines, params string[] work)
    {
        var log = new LineCount();
        using var service = new ScriptedService(work, log);
        await service.StartAsync(default);
        await service.ExecuteTask!.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(lines, log.Value);
    }

    /// <summary>Is interrupted as it is told, and then done.</summary>
    private sealed class ScriptedService(IEnumerable<string> work, ILogger logger) : ResilientService(TimeProvider.System, logger)
    {
        private readonly Queue<string> _work = new(work);

        protected override Task<bool> WorkAsync(CancellationToken stoppingToken)
        {
            if (!_work.TryDequeue(out var step))
            {
                return Task.FromResult(true);
            }

            if (step.StartsWith("gets on", StringComparison.Ordinal))
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

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Value++;
    }
}

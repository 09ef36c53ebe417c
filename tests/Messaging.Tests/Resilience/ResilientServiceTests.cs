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
    [InlineData(2, "returns", "throws", "throws", "makes progress for a minute and throws", "throws")]
    [InlineData(2, "throws", "makes progress for a minute and returns", "throws", "throws")]
    public Task An_exception_is_logged_once_until_the_work_makes_progress(int lines, params string[] work) => AssertLogsAsync(lines, work);

    [Theory]
    [InlineData(2, "throws", "throws", "throws something else", "throws something else")]
    [InlineData(2, "throws", "throws something else", "throws", "throws something else")]
    public Task A_cause_that_changes_during_an_interruption_is_logged_once_more(int lines, params string[] work) =>
        AssertLogsAsync(lines, work);

    [Theory]
    [InlineData(1, "throws", "makes progress and throws", "makes progress and throws")]
    [InlineData(2, "throws", "makes progress and throws", "makes progress for a minute and throws")]
    public Task A_cause_that_comes_again_and_again_is_logged_once_a_minute(int lines, params string[] work) => AssertLogsAsync(lines, work);

    [Fact]
    public async Task Work_that_fails_at_each_attempt_is_stuck_and_work_that_waits_for_more_is_not()
    {
        var time = new FakeTimeProvider();
        using var service = new ScriptedService(["throws", "waits"], time, new LineCount());
        await service.StartAsync(default);
        await Eventually.GetAsync(() => Task.FromResult(service.Interruption), reason => reason == "throws");
        time.Advance(LongestDelay);
        await Eventually.GetAsync(() => Task.FromResult(service.Waits), waits => waits);
        Assert.Equal(LongestDelay, service.StuckFor);

        // It may be an attempt that fails in a moment. After some seconds it is none.
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(LongestDelay + TimeSpan.FromSeconds(4), service.StuckFor);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, service.StuckFor);

        service.More.SetResult(true);
        await service.ExecuteTask!;
        Assert.Null(service.Interruption);
        Assert.Equal(TimeSpan.Zero, service.StuckFor);
    }

    private static async Task AssertLogsAsync(int lines, string[] work)
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
    private sealed class ScriptedService(IEnumerable<string> work, FakeTimeProvider time, ILogger logger) : ResilientService(time, logger)
    {
        private readonly Queue<string> _work = new(work);

        public TaskCompletionSource<bool> More { get; } = new();

        public bool Waits { get; private set; }

        protected override async Task<bool> WorkAsync(CancellationToken stoppingToken)
        {
            if (!_work.TryDequeue(out var step))
            {
                return true;
            }

            if (step == "waits")
            {
                var waiting = IdleAsync(new ValueTask<bool>(More.Task));
                Waits = true;
                return await waiting;
            }

            if (step.StartsWith("makes progress", StringComparison.Ordinal))
            {
                ReportProgress();
                time.Advance(step.Contains("for a minute", StringComparison.Ordinal) ? TimeSpan.FromMinutes(1) : TimeSpan.Zero);
            }

            return step.EndsWith("throws", StringComparison.Ordinal) ? throw new IOException(step)
                : step.EndsWith("else", StringComparison.Ordinal) ? throw new TimeoutException(step)
                : false;
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

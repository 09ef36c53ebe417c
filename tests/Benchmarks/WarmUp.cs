namespace Benchmarks;

/// <summary>
/// Lets a service work until it is compiled. The runtime compiles each method up to three times, while the service runs. Until then a
/// request costs it several times as much.
/// </summary>
internal static class WarmUp
{
    private const int MostBatches = 30;

    /// <summary>So many batches in a row that did not become cheaper show that everything is compiled.</summary>
    private const int EqualBatches = 3;

    /// <summary>Runs batches until the processor time of a batch does not fall any more.</summary>
    /// <param name="runBatch">Lets the service do a batch of its work. Each batch has the same size.</param>
    /// <param name="processorTime">Processor time that the service has used so far.</param>
    public static async Task RunAsync(Func<Task> runBatch, Func<TimeSpan> processorTime)
    {
        var lowest = TimeSpan.MaxValue;
        for (var (batch, equal) = (0, 0); batch < MostBatches && equal < EqualBatches; batch++)
        {
            var before = processorTime();
            await runBatch();
            var used = processorTime() - before;
            equal = used < lowest * 0.95 ? 0 : equal + 1;
            lowest = used < lowest ? used : lowest;
        }
    }
}

using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Hosting.Dashboard.ResourceService;

internal static class Batches
{
    private const int MaxSize = 500;

    /// <summary>
    /// Groups what is there at one moment. The first batch is what the source has to begin with, and may be empty; each further one is
    /// what came since.
    /// </summary>
    public static async IAsyncEnumerable<IReadOnlyList<T>> InBatchesAsync<T>(
        this IAsyncEnumerable<T> source, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

        // Runs until the source has to wait for the first time, which is what makes the first batch complete.
        var pump = PumpAsync(source, channel.Writer, ending.Token);
        try
        {
            do
            {
                var batch = new List<T>();
                while (batch.Count < MaxSize && channel.Reader.TryRead(out var item))
                {
                    batch.Add(item);
                }

                yield return batch;
            }
            while (await channel.Reader.WaitToReadAsync(cancellationToken));
        }
        finally
        {
            await ending.CancelAsync();
            await pump;
        }
    }

    private static async Task PumpAsync<T>(IAsyncEnumerable<T> source, ChannelWriter<T> writer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in source.WithCancellation(cancellationToken))
            {
                writer.TryWrite(item);
            }

            writer.Complete();
        }
        catch (Exception exception)
        {
            // For the reader to throw; this task is only waited for.
            writer.Complete(exception);
        }
    }
}

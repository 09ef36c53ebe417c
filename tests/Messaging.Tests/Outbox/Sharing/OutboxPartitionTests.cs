using Messaging.Outbox.Sharing;

namespace Messaging.Tests.Outbox.Sharing;

public sealed class OutboxPartitionTests
{
    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000", 5)]
    [InlineData("0195a3c0-7d1e-7c4a-9b2f-3e5d6a7b8c9d", 14)]
    public void A_partition_never_changes(string id, short partition) => Assert.Equal(partition, OutboxPartition.Of(Guid.Parse(id)));

    [Fact]
    public void Aggregates_spread_evenly()
    {
        var sizes = Enumerable.Range(0, 16_000)
            .GroupBy(_ => OutboxPartition.Of(Guid.CreateVersion7()))
            .Select(group => group.Count())
            .ToArray();
        Assert.Equal(OutboxPartition.Count, sizes.Length);
        Assert.All(sizes, size => Assert.InRange(size, 800, 1200));
    }
}

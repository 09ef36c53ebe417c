namespace SenderService.Outbox.WakeUp;

/// <summary>A set of partitions as a number: bit n stands for partition n.</summary>
internal static class PartitionSet
{
    public static int Of(IEnumerable<int> partitions) => partitions.Aggregate(0, (set, partition) => set | (1 << partition));
}

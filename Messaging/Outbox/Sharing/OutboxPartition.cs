namespace Messaging.Outbox.Sharing;

/// <summary>The 16 partitions of the outbox. Relays own partitions, so that each aggregate belongs to one relay.</summary>
internal static class OutboxPartition
{
    public const short Count = 16;

    /// <summary>
    /// The partition of an aggregate: FNV-1a over the 16 bytes of the id in network order (draft-eastlake-fnv), modulo <see cref="Count"/>.
    /// Rows outlive the process that wrote them, so it must be the same in every process and version. <c>GetHashCode</c> is not.
    /// </summary>
    public static short Of(Guid aggregateId)
    {
        Span<byte> bytes = stackalloc byte[16];
        aggregateId.TryWriteBytes(bytes, bigEndian: true, out _);
        var hash = 2166136261u;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * 16777619u;
        }

        return (short)(hash % Count);
    }

    /// <summary>A set of partitions as a number: bit n stands for partition n.</summary>
    public static int SetOf(IEnumerable<int> partitions) => partitions.Aggregate(0, (set, partition) => set | (1 << partition));
}

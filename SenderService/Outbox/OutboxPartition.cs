namespace SenderService.Outbox;

/// <summary>Which of 16 partitions an aggregate belongs to. Relays own partitions, so one aggregate is always one relay's.</summary>
internal static class OutboxPartition
{
    public const short Count = 16;

    /// <summary>
    /// FNV-1a over the 16 bytes of the id in network order (draft-eastlake-fnv), modulo <see cref="Count"/>: the same in every process
    /// and version, as rows outlive both. <c>GetHashCode</c> promises neither.
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
}

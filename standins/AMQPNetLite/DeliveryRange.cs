using Amqp.Framing;
using Amqp.Types;

namespace Amqp;

internal static class DeliveryRange
{
    /// <summary>
    /// The deliveries of a disposition that are there, in order. A range is two numbers that a peer chose: one of four thousand million
    /// ids must not cost more than what is really there.
    /// </summary>
    public static IEnumerable<uint> Of<T>(Disposition disposition, Dictionary<uint, T> deliveries)
    {
        var (first, last) = (disposition.First, disposition.Last);
        var length = (uint)SerialNumber.Distance(first, last);
        if (length < deliveries.Count)
        {
            return Enumerable.Range(0, (int)length + 1)
                .Select(offset => unchecked(first + (uint)offset))
                .Where(deliveries.ContainsKey)
                .ToList();
        }

        return deliveries.Keys.Where(id => SerialNumber.IsInRange(id, first, last)).OrderBy(id => unchecked(id - first)).ToList();
    }
}

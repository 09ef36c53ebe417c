using Amqp.Framing;
using Amqp.Types;

namespace Amqp;

/// <summary>The deliveries that a disposition is about and that are there, in order (2.7.6).</summary>
internal static class DeliveryRange
{
    /// <summary>
    /// A range is two numbers that a peer chose: one of four thousand million ids must not cost more than what is really there. Whoever
    /// enumerates may remove the deliveries that it gets.
    /// </summary>
    public static Enumerator<T> Of<T>(in Disposition disposition, Dictionary<uint, T> deliveries)
        where T : class
    {
        var (first, last) = (disposition.First, disposition.Last);
        var isDense = (uint)SerialNumber.Distance(first, last) < deliveries.Count;
        return new Enumerator<T>(deliveries, first, last, isDense ? null : Sort(first, last, deliveries));
    }

    private static T[] Sort<T>(uint first, uint last, Dictionary<uint, T> deliveries) =>
    [
        .. deliveries
            .Where(pair => SerialNumber.IsInRange(pair.Key, first, last))
            .OrderBy(pair => unchecked(pair.Key - first))
            .Select(pair => pair.Value),
    ];

    /// <summary>Looks up one id after the other where most of them are there, as in every range of a broker's: that allocates nothing.</summary>
    internal ref struct Enumerator<T>(Dictionary<uint, T> deliveries, uint first, uint last, T[] sorted)
        where T : class
    {
        private uint _offset;

        public T Current { get; private set; }

        public readonly Enumerator<T> GetEnumerator() => this;

        public bool MoveNext()
        {
            if (sorted is not null)
            {
                Current = _offset < sorted.Length ? sorted[_offset++] : null;
                return Current is not null;
            }

            while (_offset <= unchecked(last - first))
            {
                if (deliveries.TryGetValue(unchecked(first + _offset++), out var delivery))
                {
                    Current = delivery;
                    return true;
                }
            }

            return false;
        }
    }
}

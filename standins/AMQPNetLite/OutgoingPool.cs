namespace Amqp;

/// <summary>The deliveries of a link that are done, to be used again: a steady stream of sends allocates none. Used under the gate.</summary>
internal sealed class OutgoingPool
{
    /// <summary>More are left to the garbage collector: one burst should not be remembered for ever.</summary>
    private const int MaxKept = 2048;

    private OutgoingDelivery _first;
    private int _count;

    public OutgoingDelivery Take(SenderLink link)
    {
        if (_first is not { } delivery)
        {
            return new OutgoingDelivery(link);
        }

        _first = delivery.Next;
        delivery.Next = null;
        _count--;
        return delivery;
    }

    /// <summary>Takes a delivery back if neither its link nor its session needs it any more.</summary>
    public void Return(OutgoingDelivery delivery)
    {
        if (delivery.IsQueued || delivery.IsUnsettled || !delivery.IsComplete)
        {
            return;
        }

        delivery.Forget();
        if (_count < MaxKept)
        {
            delivery.Next = _first;
            _first = delivery;
            _count++;
        }
    }
}

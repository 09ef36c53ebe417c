namespace Amqp;

/// <summary>
/// The sends of a link that wait for credit (2.6.7), in order. A list of the deliveries themselves: any can be taken out at once, and nothing is
/// allocated.
/// </summary>
internal sealed class OutgoingQueue
{
    private OutgoingDelivery _last;

    public OutgoingDelivery First { get; private set; }

    public void Add(OutgoingDelivery delivery)
    {
        delivery.IsQueued = true;
        delivery.Previous = _last;
        if (_last is null)
        {
            First = delivery;
        }
        else
        {
            _last.Next = delivery;
        }

        _last = delivery;
    }

    public void Remove(OutgoingDelivery delivery)
    {
        if (delivery.Previous is null)
        {
            First = delivery.Next;
        }
        else
        {
            delivery.Previous.Next = delivery.Next;
        }

        if (delivery.Next is null)
        {
            _last = delivery.Previous;
        }
        else
        {
            delivery.Next.Previous = delivery.Previous;
        }

        delivery.Next = delivery.Previous = null;
        delivery.IsQueued = false;
    }
}

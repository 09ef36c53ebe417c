using Amqp.Types;

namespace Amqp;

/// <summary>The credit of a receiving link (2.6.7): how many messages the peer may still send, and when it gets more.</summary>
internal sealed class ReceiverCredit
{
    private const int MaxThreshold = 256;

    private CreditMode _mode;
    private int _total;
    private int _threshold;
    private int _unsettled;
    private int _restored;
    private uint _remaining;
    private uint _limit;
    private int _grants;

    /// <summary>How many deliveries the peer has made or passed over.</summary>
    public uint DeliveryCount { get; private set; }

    public bool IsSet { get; private set; }

    public bool IsDraining => _mode == CreditMode.Drain;

    public void Start(uint initialDeliveryCount) => _limit = DeliveryCount = initialDeliveryCount;

    public void Set(int credit, CreditMode mode, int threshold)
    {
        IsSet = true;
        _mode = mode;
        _total = credit;
        _threshold = Math.Max(1, threshold >= 0 ? threshold : Math.Min(MaxThreshold, credit / 2));
        _remaining = (uint)credit;
    }

    /// <summary>The credit to tell the peer now.</summary>
    public uint Grant()
    {
        _restored = 0;
        _grants++;
        if (_mode == CreditMode.Auto)
        {
            _remaining = (uint)Math.Max(0, _total - _unsettled);
        }

        var limit = unchecked(DeliveryCount + _remaining);
        if (SerialNumber.Distance(_limit, limit) > 0)
        {
            _limit = limit;
        }

        return _remaining;
    }

    /// <summary>Counts a delivery that has started; false if the peer cannot have thought that it may make it.</summary>
    /// <param name="window">How many deliveries may be on their way at once: the session's window.</param>
    public bool TryUse(uint window)
    {
        // Credit may have been taken back while the delivery was on its way: what counts is the most that was ever told. And credit that is
        // renewed counts from the delivery count in the flow (2.6.7), but RabbitMQ 3 adds it to what it has sent by then: what was on its
        // way comes on top, which the session's window bounds.
        var excess = _grants > 1 ? window : 0;
        if (SerialNumber.Distance(DeliveryCount, unchecked(_limit + excess)) <= 0)
        {
            return false;
        }

        DeliveryCount = unchecked(DeliveryCount + 1);
        _remaining = _remaining > 0 ? _remaining - 1 : 0;
        _unsettled++;
        return true;
    }

    /// <summary>Counts a delivery that was settled; true if the peer is to be told of new credit.</summary>
    public bool Restore()
    {
        _unsettled--;
        return ++_restored >= _threshold && _mode == CreditMode.Auto;
    }

    /// <summary>The sender told its delivery count: after draining, it has passed over what it did not use.</summary>
    public void OnSenderFlow(uint deliveryCount)
    {
        var passed = SerialNumber.Distance(DeliveryCount, deliveryCount);
        if (passed > 0)
        {
            DeliveryCount = deliveryCount;
            _remaining -= Math.Min((uint)passed, _remaining);
        }
    }
}

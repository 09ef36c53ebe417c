using System.Collections;
using Amqp.Framing;
using Amqp.Handler;
using Amqp.Types;

namespace SenderService.Tests.Outbox;

/// <summary>
/// Does something once in the middle of the writing of one message, on whichever thread the client writes it: it is a field of the message's
/// transfer, and is asked for its length when that is encoded.
/// </summary>
internal sealed class WritingTrap : ArrayList
{
    private Action? _spring;

    private WritingTrap(Action spring) => _spring = spring;

    public override int Count
    {
        get
        {
            Interlocked.Exchange(ref _spring, null)?.Invoke();
            return 0;
        }
    }

    public static void Set(IDelivery delivery, Action spring) =>
        delivery.State = new Modified { MessageAnnotations = new Fields { [new Symbol("trap")] = new WritingTrap(spring) } };
}

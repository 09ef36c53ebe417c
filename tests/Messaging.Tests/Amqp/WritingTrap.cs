using System.Collections;
using Amqp.Framing;
using Amqp.Handler;
using Amqp.Types;

namespace Messaging.Tests.Amqp;

/// <summary>
/// Runs an action once, while the client writes one message, on the thread that writes. It is a field of the message's transfer, and the
/// client asks for its length when it encodes that.
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

namespace Amqp.Handler;

/// <summary>Observes the protocol. This library has nothing to be observed: pass null.</summary>
public interface IHandler
{
}

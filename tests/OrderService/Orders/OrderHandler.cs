using System.Text.Json;
using Messaging.Inbox;
using Messaging.Inbox.Consuming;
using Messaging.Outbox.Writing;
using OrderService.Data;

namespace OrderService.Orders;

/// <summary>
/// Keeps an order for each event, and confirms it by an event of its own. Both are one transaction with the record of the message.
/// </summary>
internal sealed class OrderHandler(OrderDbContext db, OutboxWriter outbox) : IInboxHandler<OrderPlaced>
{
    public OrderPlaced Read(IncomingMessage message) => message.Type == nameof(OrderPlaced)
        ? JsonSerializer.Deserialize<OrderPlaced>(message.Body.Span, JsonSerializerOptions.Web)!
        : throw new UnreadableMessageException($"The type '{message.Type}' is unknown.");

    public async Task ApplyAsync(IReadOnlyList<OrderPlaced> events, CancellationToken cancellationToken)
    {
        foreach (var placed in events)
        {
            await ApplyAsync(placed, cancellationToken);
        }
    }

    private async Task ApplyAsync(OrderPlaced placed, CancellationToken cancellationToken)
    {
        var order = await db.Orders.FindAsync([placed.Id], cancellationToken)
            ?? db.Orders.Add(new Order { Id = placed.Id, Quantity = 0 }).Entity;
        order.Quantity = placed.Quantity;
        order.Version++;
        outbox.Add(order.Id, order.Version, new OrderConfirmed(order.Id, order.Quantity));
    }
}

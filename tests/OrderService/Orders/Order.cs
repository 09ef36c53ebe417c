namespace OrderService.Orders;

internal sealed class Order
{
    public required Guid Id { get; init; }

    public required int Quantity { get; set; }

    /// <summary>The concurrency token. It grows with each change, so that events go out in the order of the changes.</summary>
    public long Version { get; set; }
}

namespace OrderService.Orders;

/// <summary>What this service consumes: a customer has ordered so many, or has changed the order.</summary>
internal sealed record OrderPlaced(Guid Id, int Quantity);

/// <summary>What this service publishes.</summary>
internal sealed record OrderConfirmed(Guid Id, int Quantity);

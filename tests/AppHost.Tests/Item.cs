namespace AppHost.Tests;

/// <summary>An entity as both services' APIs show it, as far as the scenarios compare it.</summary>
public sealed record Item(Guid Id, string Name, decimal Value, long Version);

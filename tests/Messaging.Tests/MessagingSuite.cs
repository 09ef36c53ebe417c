namespace Messaging.Tests;

/// <summary>All test classes share one PostgreSQL and one broker, and run in parallel.</summary>
[CollectionDefinition(Name)]
public sealed class MessagingSuite : ICollectionFixture<Infrastructure>
{
    public const string Name = "messaging";
}

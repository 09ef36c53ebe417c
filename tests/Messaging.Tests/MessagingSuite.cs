namespace Messaging.Tests;

/// <summary>All test classes share one PostgreSQL and one broker. They run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class MessagingSuite : ICollectionFixture<Infrastructure>
{
    public const string Name = "messaging";
}

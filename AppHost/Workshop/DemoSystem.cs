namespace AppHost.Workshop;

/// <summary>What the workshop's page shows and breaks.</summary>
/// <param name="SenderDatabase">The database with the outbox.</param>
/// <param name="ReceiverDatabase">The database with the inbox and the projection.</param>
/// <param name="Broker">The broker.</param>
/// <param name="Senders">The replicas of the sender.</param>
/// <param name="Receivers">The replicas of the receiver.</param>
internal sealed record DemoSystem(
    IResourceWithConnectionString SenderDatabase,
    IResourceWithConnectionString ReceiverDatabase,
    IBrokerResource Broker,
    IReadOnlyList<ProjectResource> Senders,
    IReadOnlyList<ProjectResource> Receivers)
{
    /// <summary>The queue between the two services.</summary>
    public const string Queue = "entity-items";

    /// <summary>The path of the entities in the API of both services.</summary>
    public const string Entities = "/api/EntityItems";

    /// <summary>True for Artemis, which answers questions about its queues over AMQP.</summary>
    public bool HasArtemis =>
        Broker is ArtemisResource || (Broker is ExecutableResource local && local.Command.EndsWith("artemis.sh", StringComparison.Ordinal));

    /// <summary>All parts in the order of a message's way, with what each is.</summary>
    public IEnumerable<(IResource Resource, string Role)> Parts =>
    [
        .. Senders.Select(sender => ((IResource)sender, "sender")),
        (ServerOf(SenderDatabase), "database"),
        (Broker, "broker"),
        .. Receivers.Select(receiver => ((IResource)receiver, "receiver")),
        (ServerOf(ReceiverDatabase), "database"),
    ];

    /// <summary>The server runs and can be broken; the database is only a name in it.</summary>
    private static IResource ServerOf(IResource database) =>
        database is IResourceWithParent { Parent: var parent } ? parent
        : database.Annotations.OfType<ResourceRelationshipAnnotation>().First(relation => relation.Type == "Parent").Resource;
}

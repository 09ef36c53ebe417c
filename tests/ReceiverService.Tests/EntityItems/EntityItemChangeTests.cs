using Messaging.Inbox.Consuming;
using ReceiverService.EntityItems;

namespace ReceiverService.Tests.EntityItems;

/// <summary>This service reads the events in tests/Contracts. The sender's tests use the same files.</summary>
public sealed class EntityItemChangeTests
{
    private static readonly Guid Id = Guid.Parse("0195a3c0-7d1e-7c4a-9b2f-3e5d6a7b8c9d");
    private static readonly DateTimeOffset Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero).AddMicroseconds(901);

    [Fact]
    public void Events_are_read_as_the_contract_says()
    {
        Assert.Equal(new EntityItemChange(Id, 1, false, "Zwölf Äpfel", 12.5m, Time, Time), Read(nameof(EntityItemCreated), 1));
        Assert.Equal(new EntityItemChange(Id, 2, false, "Dreizehn Äpfel", 13m, Time, Time.AddDays(1)), Read(nameof(EntityItemUpdated), 2));
        Assert.Equal(new EntityItemChange(Id, 3, true, null, null, null, Time.AddDays(2)), Read(nameof(EntityItemDeleted), 3));
    }

    [Fact]
    public void Unknown_properties_are_ignored()
    {
        var change = Read(
            nameof(EntityItemDeleted),
            1,
            """{"id": "0195a3c0-7d1e-7c4a-9b2f-3e5d6a7b8c9d", "deletedAt": "2026-01-01T00:00:00Z", "new": {}}"""u8.ToArray());
        Assert.Equal(Id, change.Id);
    }

    private static EntityItemChange Read(string type, long version) =>
        Read(type, version, File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Contracts", $"{type}.json")));

    private static EntityItemChange Read(string type, long version, byte[] body)
    {
        var message = IncomingMessage.Read(Events.Of(Guid.NewGuid(), type, version, body), new EntityItemProjection(null!));
        Assert.Null(message.Failure);
        return Assert.IsType<EntityItemChange>(message.Event);
    }
}

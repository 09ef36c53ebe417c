using System.Text.Json;
using System.Text.Json.Nodes;
using SenderService.EntityItems;

namespace SenderService.Tests.EntityItems;

/// <summary>This service writes the events in tests/Contracts. The receiver's tests use the same files.</summary>
public sealed class EntityItemEventContractTests
{
    private static readonly Guid Id = Guid.Parse("0195a3c0-7d1e-7c4a-9b2f-3e5d6a7b8c9d");
    private static readonly DateTimeOffset Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero).AddMicroseconds(901);

    public static TheoryData<string> Types => [nameof(EntityItemCreated), nameof(EntityItemUpdated), nameof(EntityItemDeleted)];

    [Theory]
    [MemberData(nameof(Types))]
    public void An_event_is_written_as_the_contract_says(string type)
    {
        object @event = type switch
        {
            nameof(EntityItemCreated) => new EntityItemCreated(Id, "Zwölf Äpfel", 12.5m, Time, Time),
            nameof(EntityItemUpdated) => new EntityItemUpdated(Id, "Dreizehn Äpfel", 13m, Time, Time.AddDays(1)),
            _ => new EntityItemDeleted(Id, Time.AddDays(2)),
        };

        var written = JsonSerializer.SerializeToNode(@event, @event.GetType(), JsonSerializerOptions.Web);
        var contract = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contracts", $"{type}.json")));
        Assert.True(JsonNode.DeepEquals(contract, written), $"{written} is not {contract}");
        Assert.Equal(type, @event.GetType().Name);
    }
}

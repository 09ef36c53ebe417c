using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReceiverService.EntityItems;

/// <summary>How events are read, generated at compile time: no reflection for each type, and no start-up cost.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EntityItemCreated))]
[JsonSerializable(typeof(EntityItemUpdated))]
[JsonSerializable(typeof(EntityItemDeleted))]
internal sealed partial class EntityItemJson : JsonSerializerContext;

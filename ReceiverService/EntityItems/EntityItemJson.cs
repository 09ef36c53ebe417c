using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReceiverService.EntityItems;

/// <summary>Reads events with code that is generated at compile time, without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EntityItemCreated))]
[JsonSerializable(typeof(EntityItemUpdated))]
[JsonSerializable(typeof(EntityItemDeleted))]
internal sealed partial class EntityItemJson : JsonSerializerContext;

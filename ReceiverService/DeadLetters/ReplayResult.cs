using System.Text.Json.Serialization;

namespace ReceiverService.DeadLetters;

/// <summary>What came of a replay.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReplayOutcome>))]
public enum ReplayOutcome
{
    /// <summary>The message was processed, and the dead letter is gone.</summary>
    Processed,

    /// <summary>A message of this id had been processed before: nothing was applied, and the dead letter is gone.</summary>
    Duplicate,

    /// <summary>The message still cannot be processed, and is kept.</summary>
    Failed,

    /// <summary>There is no such dead letter; perhaps somebody else has just replayed it.</summary>
    NotFound,
}

/// <summary>What came of a replay.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it failed, if it did.</param>
public sealed record ReplayResult(ReplayOutcome Outcome, string? Reason = null);

using System.Text.Json.Serialization;

namespace Messaging.Inbox.DeadLetters;

/// <summary>The result of a replay.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReplayOutcome>))]
public enum ReplayOutcome
{
    /// <summary>The message was processed. The dead letter is gone.</summary>
    Processed,

    /// <summary>A message of this id was processed before. Nothing was applied, and the dead letter is gone.</summary>
    Duplicate,

    /// <summary>The message still cannot be processed. The dead letter stays.</summary>
    Failed,

    /// <summary>There is no such dead letter. Perhaps somebody else has just replayed it.</summary>
    NotFound,
}

/// <summary>The result of a replay.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it failed, if it did.</param>
public sealed record ReplayResult(ReplayOutcome Outcome, string? Reason = null);

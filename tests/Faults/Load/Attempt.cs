namespace Faults.Load;

internal enum Verb
{
    Create,
    Update,
    Delete,
}

internal enum Outcome
{
    /// <summary>The answer says that it was done.</summary>
    Done,

    /// <summary>The answer says that nothing was done.</summary>
    Refused,

    /// <summary>There was no answer, or a 503. It was done or not.</summary>
    Unknown,
}

/// <summary>One request of a client, with what the client learned of it.</summary>
/// <param name="Name">Unique for each change. An entity gets this name. The repeats of a keyed POST share it.</param>
/// <param name="Verb">What was asked for.</param>
/// <param name="Entity">The entity. Null for a creation that was not answered.</param>
/// <param name="Value">The value that the entity gets.</param>
/// <param name="IfMatch">The version that the client demanded. Null if it demanded none.</param>
/// <param name="Known">The highest version that had been acknowledged to any client before this request was sent.</param>
/// <param name="Outcome">What the client knows.</param>
/// <param name="Version">The version in the answer.</param>
/// <param name="Body">The body of the answer.</param>
internal sealed record Attempt(
    string Name, Verb Verb, Guid? Entity, decimal Value, long? IfMatch, long Known, Outcome Outcome, long? Version, string? Body);

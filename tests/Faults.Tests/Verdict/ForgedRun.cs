using Faults.Load;
using Faults.Verdict;

namespace Faults.Tests.Verdict;

/// <summary>A small run in which everything is right. Each test forges one thing of it.</summary>
internal static class ForgedRun
{
    public static readonly Guid Kept = Guid.CreateVersion7();
    public static readonly Guid Gone = Guid.CreateVersion7();

    public static Attempt Create { get; } =
        new("created", Verb.Create, Kept, 1, IfMatch: null, Known: 0, Outcome.Done, Version: 1, Body: """{"version":1}""");

    public static Attempt Update { get; } =
        new("updated", Verb.Update, Kept, 2, IfMatch: 1, Known: 1, Outcome.Done, Version: 2, Body: """{"version":2}""");

    public static Attempt Lost { get; } =
        new("lost", Verb.Update, Kept, 3, IfMatch: null, Known: 2, Outcome.Unknown, Version: null, Body: null);

    public static Attempt Refused { get; } =
        new("refused", Verb.Update, Kept, 4, IfMatch: 1, Known: 2, Outcome.Refused, Version: null, Body: null);

    public static Attempt Short { get; } =
        new("short", Verb.Create, Gone, 5, IfMatch: null, Known: 0, Outcome.Done, Version: 1, Body: """{"version":1}""");

    public static Attempt Delete { get; } =
        new("deleted", Verb.Delete, Gone, 0, IfMatch: null, Known: 1, Outcome.Done, Version: null, Body: null);

    /// <summary>The answer to one update was lost. It was made. One update was refused.</summary>
    public static Attempt[] Attempts { get; } = [Create, Create, Update, Lost, Refused, Short, Delete];

    private static readonly Published[] Outbox =
    [
        new(Guid.NewGuid(), Kept, 1, "EntityItemCreated", "created", 1, "Sent"),
        new(Guid.NewGuid(), Kept, 2, "EntityItemUpdated", "updated", 2, "Sent"),
        new(Guid.NewGuid(), Kept, 3, "EntityItemUpdated", "lost", 3, "Sent"),
        new(Guid.NewGuid(), Gone, 1, "EntityItemCreated", "short", 5, "Sent"),
        new(Guid.NewGuid(), Gone, 2, "EntityItemDeleted", null, null, "Sent"),
    ];

    public static State Newest { get; } = new(Kept, 3, IsDeleted: false, "lost", 3);

    public static Evidence Evidence { get; } = new(
        Outbox,
        Sender: new Dictionary<Guid, State> { [Kept] = Newest },
        Receiver: new Dictionary<Guid, State> { [Kept] = Newest, [Gone] = new(Gone, 2, IsDeleted: true, "short", 5) },
        Inbox: [.. Outbox.Select(change => change.MessageId)],
        DeadLetters: 0,
        Deliveries: 10,
        AppliedTwice: [],
        WentBack: []);

    /// <summary>The outbox with one row changed.</summary>
    public static Evidence WithOutbox(int index, Func<Published, Published> change) =>
        Evidence with { Outbox = [.. Outbox.Select((row, i) => i == index ? change(row) : row)] };
}

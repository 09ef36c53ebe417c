using System.Globalization;
using Faults.Load;

namespace Faults.Verdict;

/// <summary>Compares what the clients were told with what both services have. Each line that it finds is a broken promise.</summary>
internal static class Judge
{
    public static IEnumerable<string> Compare(IReadOnlyCollection<Attempt> attempts, Evidence evidence) =>
    [
        .. Requested(attempts, evidence),
        .. Acknowledged(attempts, evidence),
        .. Repeated(attempts),
        .. Contiguous(evidence),
        .. SameAtBothEnds(evidence),
        .. OnceInEffect(evidence),
    ];

    /// <summary>Nothing was done that nobody requested, or that a client was told is refused, or twice.</summary>
    private static IEnumerable<string> Requested(IReadOnlyCollection<Attempt> attempts, Evidence evidence)
    {
        var possible = attempts.Where(attempt => attempt.Outcome is not Outcome.Refused).ToArray();
        var byName = possible.Where(attempt => attempt.Verb is not Verb.Delete).ToLookup(attempt => attempt.Name);
        var deleted = possible.Where(attempt => attempt.Verb is Verb.Delete).Select(attempt => attempt.Entity!.Value).ToHashSet();
        var names = new HashSet<string>();
        foreach (var change in evidence.Outbox)
        {
            if (change.Type == "EntityItemDeleted")
            {
                if (!deleted.Contains(change.Entity))
                {
                    yield return $"{change} was requested by nobody.";
                }

                continue;
            }

            if (!byName[change.Name!].Any(attempt => attempt.Value == change.Value
                && $"EntityItem{attempt.Verb}d" == change.Type
                && (attempt.Verb is Verb.Create || attempt.Entity == change.Entity)
                && (attempt.IfMatch is null || attempt.IfMatch + 1 == change.Version)))
            {
                yield return $"{change} was requested by nobody.";
            }

            if (!names.Add(change.Name!))
            {
                yield return $"{change} was done twice.";
            }
        }
    }

    /// <summary>Everything that a client was told is done was done, exactly as it was told.</summary>
    private static IEnumerable<string> Acknowledged(IReadOnlyCollection<Attempt> attempts, Evidence evidence)
    {
        var byName = evidence.Outbox.Where(change => change.Name is not null).ToLookup(change => change.Name);
        var deleted = evidence.Outbox.Where(change => change.Type == "EntityItemDeleted").Select(change => change.Entity).ToHashSet();
        var deletions = new HashSet<Guid>();
        foreach (var attempt in attempts.Where(attempt => attempt.Outcome is Outcome.Done))
        {
            if (attempt.Verb is Verb.Delete)
            {
                if (!deleted.Contains(attempt.Entity!.Value) || !deletions.Add(attempt.Entity.Value))
                {
                    yield return $"{attempt} was acknowledged, and was not done, or twice.";
                }
            }
            else if (!byName[attempt.Name].Any(change => change.Entity == attempt.Entity && change.Version == attempt.Version))
            {
                yield return $"{attempt} was acknowledged, and is lost.";
            }
            else if (attempt.Verb is Verb.Update && attempt.Version <= attempt.Known)
            {
                yield return $"{attempt} did not see a version that was acknowledged before.";
            }
        }
    }

    /// <summary>A repeated POST gets the same answer.</summary>
    private static IEnumerable<string> Repeated(IReadOnlyCollection<Attempt> attempts) => attempts
        .Where(attempt => attempt.Body is not null)
        .GroupBy(attempt => attempt.Name)
        .Where(repeats => repeats.Select(attempt => attempt.Body).Distinct().Skip(1).Any())
        .Select(repeats =>
            $"{repeats.Key} got different answers: {string.Join(" and ", repeats.Select(attempt => attempt.Body).Distinct())}.");

    /// <summary>The versions of an entity are 1, 2, 3 …; the first is its creation, and a deletion is the last.</summary>
    private static IEnumerable<string> Contiguous(Evidence evidence)
    {
        foreach (var entity in evidence.Outbox.GroupBy(change => change.Entity))
        {
            var changes = entity.ToArray();
            for (var i = 0; i < changes.Length; i++)
            {
                var (isFirst, isLast) = (i == 0, i == changes.Length - 1);
                if (changes[i].Version != i + 1
                    || isFirst != (changes[i].Type == "EntityItemCreated")
                    || (!isLast && changes[i].Type == "EntityItemDeleted"))
                {
                    yield return string.Create(
                        CultureInfo.InvariantCulture, $"{changes[i]} is out of place: change {i + 1} of its entity.");
                }
            }
        }
    }

    /// <summary>Both services have the newest state of each entity, and nothing else.</summary>
    private static IEnumerable<string> SameAtBothEnds(Evidence evidence)
    {
        var newest = evidence.Outbox.GroupBy(change => change.Entity).ToDictionary(entity => entity.Key, entity => entity.Last());
        foreach (var (entity, last) in newest)
        {
            var isDeleted = last.Type == "EntityItemDeleted";
            var expected = new State(entity, last.Version, isDeleted, last.Name, last.Value);
            var sender = evidence.Sender.GetValueOrDefault(entity);
            if (sender != (isDeleted ? null : expected))
            {
                yield return $"The sender has {sender?.ToString() ?? "nothing"}, and published {last}.";
            }

            // The projection keeps the last name of a deleted entity.
            var receiver = evidence.Receiver.GetValueOrDefault(entity);
            if (receiver != (isDeleted ? expected with { Name = receiver?.Name, Value = receiver?.Value } : expected))
            {
                yield return $"The receiver has {receiver?.ToString() ?? "nothing"}, and {last} was published.";
            }
        }

        foreach (var state in evidence.Sender.Values.Concat(evidence.Receiver.Values).Where(state => !newest.ContainsKey(state.Entity)))
        {
            yield return $"{state} has no message.";
        }
    }

    /// <summary>Every message was sent, processed once and applied once, and none went back.</summary>
    private static IEnumerable<string> OnceInEffect(Evidence evidence)
    {
        var inbox = evidence.Inbox.ToHashSet();
        var known = evidence.Outbox.Select(change => change.MessageId).ToHashSet();
        return
        [
            .. evidence.Outbox.Where(change => change.Status != "Sent").Select(change => $"{change} is not sent."),
            .. evidence.Outbox.Where(change => !inbox.Contains(change.MessageId)).Select(change => $"{change} never reached the inbox."),
            .. inbox.Where(id => !known.Contains(id)).Select(id => $"The inbox has {id}, which nobody published."),
            .. inbox.Count < evidence.Inbox.Count ? ["The inbox has a message twice."] : Array.Empty<string>(),
            .. evidence.DeadLetters > 0 ? [$"There are {evidence.DeadLetters} dead letters."] : Array.Empty<string>(),
            .. evidence.AppliedTwice.Select(change => $"{change} was applied twice."),
            .. evidence.WentBack.Select(change => $"The projection went back: {change}."),
        ];
    }
}

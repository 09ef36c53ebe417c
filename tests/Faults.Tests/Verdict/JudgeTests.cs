using Faults.Load;
using Faults.Verdict;

namespace Faults.Tests.Verdict;

/// <summary>The judge cannot be fooled: whatever is forged in a run that is right, it finds.</summary>
public sealed class JudgeTests
{
    private static readonly Evidence Right = ForgedRun.Evidence;

    [Fact]
    public void A_run_in_which_everything_is_right_has_no_complaint() =>
        Assert.Empty(Judge.Compare(ForgedRun.Attempts, Right));

    [Fact]
    public void A_message_that_is_lost_on_its_way_is_found() =>
        AssertFound("never reached the inbox", Right with { Inbox = [.. Right.Inbox.Skip(1)] });

    [Fact]
    public void A_message_that_is_not_sent_is_found() =>
        AssertFound("is not sent", ForgedRun.WithOutbox(1, row => row with { Status = "Pending" }));

    [Fact]
    public void A_message_that_nobody_published_is_found() =>
        AssertFound("which nobody published", Right with { Inbox = [.. Right.Inbox, Guid.NewGuid()] });

    [Fact]
    public void A_message_that_is_in_the_inbox_twice_is_found() =>
        AssertFound("has a message twice", Right with { Inbox = [.. Right.Inbox, Right.Inbox[0]] });

    [Fact]
    public void A_dead_letter_is_found() => AssertFound("1 dead letters", Right with { DeadLetters = 1 });

    [Fact]
    public void A_change_that_is_applied_twice_is_found() =>
        AssertFound("was applied twice", Right with { AppliedTwice = [$"{ForgedRun.Kept} version 2"] });

    [Fact]
    public void A_projection_that_goes_back_is_found() =>
        AssertFound("went back", Right with { WentBack = [$"{ForgedRun.Kept} from 3 to 2"] });

    [Fact]
    public void An_acknowledged_change_that_is_not_there_is_found() =>
        AssertFound("was acknowledged, and is lost", attempts: Replace(ForgedRun.Update, ForgedRun.Update with { Name = "elsewhere" }));

    [Fact]
    public void An_acknowledged_change_with_another_version_is_found() =>
        AssertFound("was acknowledged, and is lost", attempts: Replace(ForgedRun.Update, ForgedRun.Update with { Version = 3 }));

    [Fact]
    public void A_deletion_that_was_acknowledged_and_not_made_is_found() =>
        AssertFound(
            "was acknowledged, and was not done, or twice",
            attempts: [.. ForgedRun.Attempts, ForgedRun.Delete with { Entity = ForgedRun.Kept }]);

    [Fact]
    public void A_deletion_that_was_acknowledged_twice_is_found() =>
        AssertFound("was not done, or twice", attempts: [.. ForgedRun.Attempts, ForgedRun.Delete]);

    [Fact]
    public void A_change_that_nobody_requested_is_found() =>
        AssertFound("was requested by nobody", ForgedRun.WithOutbox(2, row => row with { Name = "made up" }));

    [Fact]
    public void A_change_with_another_value_is_found() =>
        AssertFound("was requested by nobody", ForgedRun.WithOutbox(2, row => row with { Value = 77 }));

    [Fact]
    public void A_deletion_that_nobody_requested_is_found() =>
        AssertFound("was requested by nobody", attempts: [.. ForgedRun.Attempts.Where(attempt => attempt != ForgedRun.Delete)]);

    [Fact]
    public void A_change_that_was_refused_and_made_is_found() =>
        AssertFound("was requested by nobody", attempts: Replace(ForgedRun.Lost, ForgedRun.Lost with { Outcome = Outcome.Refused }));

    [Fact]
    public void A_change_of_another_version_than_the_demanded_one_is_found() =>
        AssertFound("was requested by nobody", attempts: Replace(ForgedRun.Lost, ForgedRun.Lost with { IfMatch = 1 }));

    [Fact]
    public void A_change_that_was_made_twice_is_found() =>
        AssertFound("was done twice", ForgedRun.WithOutbox(2, row => row with { Name = "updated", Value = 2 }));

    [Fact]
    public void A_gap_between_versions_is_found() =>
        AssertFound("is out of place", ForgedRun.WithOutbox(2, row => row with { Version = 4 }));

    [Fact]
    public void A_change_after_the_deletion_is_found() =>
        AssertFound("is out of place", ForgedRun.WithOutbox(1, row => row with { Type = "EntityItemDeleted" }));

    [Fact]
    public void An_update_that_does_not_see_an_acknowledged_one_is_found() =>
        AssertFound("did not see a version", attempts: Replace(ForgedRun.Update, ForgedRun.Update with { Known = 2 }));

    [Fact]
    public void Different_answers_to_a_repeated_POST_are_found() =>
        AssertFound("got different answers", attempts: [.. ForgedRun.Attempts, ForgedRun.Create with { Body = """{"version":2}""" }]);

    [Fact]
    public void A_sender_that_lacks_the_newest_state_is_found() =>
        AssertFound("The sender has", Right with { Sender = With(Right.Sender, ForgedRun.Newest with { Version = 2 }) });

    [Fact]
    public void A_projection_that_lacks_an_entity_is_found() =>
        AssertFound("The receiver has nothing", Right with { Receiver = Right.Sender });

    [Fact]
    public void A_projection_with_another_value_is_found() =>
        AssertFound("The receiver has", Right with { Receiver = With(Right.Receiver, ForgedRun.Newest with { Value = 77 }) });

    [Fact]
    public void A_deleted_entity_that_is_still_projected_is_found() =>
        AssertFound("The receiver has", Right with { Receiver = With(Right.Receiver, new(ForgedRun.Gone, 1, false, "short", 5)) });

    [Fact]
    public void An_entity_without_a_message_is_found() =>
        AssertFound("has no message", Right with { Receiver = With(Right.Receiver, ForgedRun.Newest with { Entity = Guid.NewGuid() }) });

    private static Dictionary<Guid, State> With(IReadOnlyDictionary<Guid, State> states, State forged) =>
        new(states) { [forged.Entity] = forged };

    private static Attempt[] Replace(Attempt attempt, Attempt forged) =>
        [.. ForgedRun.Attempts.Select(each => each == attempt ? forged : each)];

    private static void AssertFound(string complaint, Evidence? evidence = null, Attempt[]? attempts = null) => Assert.Contains(
        Judge.Compare(attempts ?? ForgedRun.Attempts, evidence ?? Right), found => found.Contains(complaint, StringComparison.Ordinal));
}

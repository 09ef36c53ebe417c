using System.Net;
using Faults.Load;

namespace Faults.Tests.Load;

/// <summary>What a client makes of an answer.</summary>
public sealed class AnswerTests
{
    private const string Body = """{"id":"0193a000-0000-7000-8000-000000000000","version":3}""";
    private static readonly Guid Entity = Guid.Parse("0193a000-0000-7000-8000-000000000000");

    [Theory]
    [InlineData("Create", HttpStatusCode.Created)]
    [InlineData("Update", HttpStatusCode.OK)]
    public void A_change_that_is_acknowledged_is_done(string verb, HttpStatusCode status)
    {
        var (attempt, complaint) = Answer.Read(Of(verb), status, Body);
        Assert.Equal((Outcome.Done, Entity, 3L, Body), (attempt.Outcome, attempt.Entity, attempt.Version, attempt.Body));
        Assert.Null(complaint);
    }

    [Theory]
    [InlineData("Update", HttpStatusCode.NotFound, null)]
    [InlineData("Delete", HttpStatusCode.Conflict, null)]
    [InlineData("Update", HttpStatusCode.PreconditionFailed, 2)]
    public void A_change_that_is_refused_was_not_made(string verb, HttpStatusCode status, int? ifMatch)
    {
        var (attempt, complaint) = Answer.Read(Of(verb) with { IfMatch = ifMatch }, status, "");
        Assert.Equal((Outcome.Refused, null), (attempt.Outcome, complaint));
    }

    [Fact]
    public void A_503_says_nothing_about_the_change_and_is_proper()
    {
        var (attempt, complaint) = Answer.Read(Of("Create"), HttpStatusCode.ServiceUnavailable, "");
        Assert.Equal((Outcome.Unknown, null), (attempt.Outcome, complaint));
    }

    [Theory]
    [InlineData("Create", HttpStatusCode.InternalServerError)]
    [InlineData("Create", HttpStatusCode.BadGateway)]
    [InlineData("Create", HttpStatusCode.NotFound)]
    [InlineData("Create", HttpStatusCode.OK)]
    [InlineData("Update", HttpStatusCode.PreconditionFailed)]
    [InlineData("Delete", HttpStatusCode.OK)]
    public void An_answer_that_nobody_may_get_is_a_complaint(string verb, HttpStatusCode status)
    {
        var (attempt, complaint) = Answer.Read(Of(verb), status, Body);
        Assert.Equal(Outcome.Unknown, attempt.Outcome);
        Assert.Contains($"answered with {(int)status}", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_after_more_than_ten_seconds_is_a_complaint()
    {
        Assert.Null(Answer.ComplaintAbout(TimeSpan.FromSeconds(10)));
        Assert.Contains("took 10.1 s", Answer.ComplaintAbout(TimeSpan.FromSeconds(10.1)), StringComparison.Ordinal);
    }

    private static Attempt Of(string verb) =>
        new("name", Enum.Parse<Verb>(verb), Entity, 1, IfMatch: null, Known: 0, Outcome.Unknown, Version: null, Body: null);
}

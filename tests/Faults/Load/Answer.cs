using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Faults.Load;

/// <summary>What an answer says to its client, and if a client may get it at all.</summary>
internal static class Answer
{
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(10);

    /// <returns>The attempt with its outcome. The complaint is null if the answer is a proper one.</returns>
    public static (Attempt Attempt, string? Complaint) Read(Attempt attempt, HttpStatusCode status, string body)
    {
        switch (status)
        {
            case HttpStatusCode.NoContent when attempt.Verb is Verb.Delete:
                return (attempt with { Outcome = Outcome.Done }, null);
            case HttpStatusCode.Created when attempt.Verb is Verb.Create:
            case HttpStatusCode.OK when attempt.Verb is Verb.Update:
                return (Done(attempt, body), null);
            case HttpStatusCode.NotFound or HttpStatusCode.Conflict when attempt.Verb is not Verb.Create:
            case HttpStatusCode.PreconditionFailed when attempt.IfMatch is not null:
                return (attempt with { Outcome = Outcome.Refused }, null);
            case HttpStatusCode.ServiceUnavailable:
                return (attempt, null);
            default:
                return (attempt, $"{attempt.Verb} was answered with {(int)status}: {body}");
        }
    }

    /// <summary>A complaint about an answer that came too late, or about none at all. Null if it came in time.</summary>
    public static string? ComplaintAbout(TimeSpan took) => took <= Slowest
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"An answer took {took.TotalSeconds:0.0} s");

    private static Attempt Done(Attempt attempt, string body)
    {
        using var json = JsonDocument.Parse(body);
        return attempt with
        {
            Outcome = Outcome.Done,
            Entity = json.RootElement.GetProperty("id").GetGuid(),
            Version = json.RootElement.GetProperty("version").GetInt64(),
            Body = body,
        };
    }
}

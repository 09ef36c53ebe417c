using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace ServiceDefaults.Api;

/// <summary>Versions as entity tags (RFC 9110, 8.8.3), for optimistic concurrency over HTTP.</summary>
public static class EntityTags
{
    public static void SetETag(this HttpResponse response, long version) => response.GetTypedHeaders().ETag = TagOf(version);

    /// <summary>True if the If-Match header is absent, is <c>*</c>, or names <paramref name="version"/> (RFC 9110, 13.1.1).</summary>
    public static bool Allows(string? ifMatch, long version) =>
        ifMatch is null
        || (EntityTagHeaderValue.TryParseList([ifMatch], out var tags)
            && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(TagOf(version), useStrongComparison: true)));

    public static ProblemHttpResult PreconditionFailed() => TypedResults.Problem(
        statusCode: StatusCodes.Status412PreconditionFailed,
        detail: "Somebody else has changed the entity: get it again, and send its new ETag as If-Match.");

    /// <summary>The answer if another change was faster: 412 if the caller has set a condition, otherwise 409.</summary>
    public static ProblemHttpResult LostRace(string? ifMatch) => ifMatch is not null ? PreconditionFailed() : TypedResults.Problem(
        statusCode: StatusCodes.Status409Conflict,
        detail: "Somebody else has changed the entity at the same moment, and nothing was done: try again.");

    private static EntityTagHeaderValue TagOf(long version) => new($"\"{version.ToString(CultureInfo.InvariantCulture)}\"");
}

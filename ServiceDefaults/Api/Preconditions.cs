using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace ServiceDefaults.Api;

/// <summary>
/// The conditions of a request (RFC 9110, 13.1), for optimistic concurrency over HTTP. The version of an entity is its entity tag.
/// </summary>
public sealed class Preconditions
{
    /// <summary>The ETag of the version that is meant. If the entity has another one by now, or is deleted, the answer is 412.</summary>
    [FromHeader(Name = "If-Match")]
    public string? IfMatch { get; init; }

    /// <summary>The ETag of a version that is known. If the entity still has it, GET is answered with 304, any change with 412.</summary>
    [FromHeader(Name = "If-None-Match")]
    public string? IfNoneMatch { get; init; }

    /// <summary>True if the entity may be changed.</summary>
    /// <param name="version">Its version. Null if it does not exist.</param>
    public bool AllowChange(long? version) => IfMatchHolds(version) && !IfNoneMatchNames(version);

    /// <summary>The answer to GET.</summary>
    /// <param name="entity">The entity. Null if it does not exist.</param>
    /// <param name="version">Its version.</param>
    /// <param name="response">Gets the ETag.</param>
    public Results<Ok<T>, StatusCodeHttpResult, NotFound, ProblemHttpResult> Read<T>(T? entity, long? version, HttpResponse response)
        where T : class
    {
        if (!IfMatchHolds(version))
        {
            return Failed();
        }

        if (entity is null || version is not { } known)
        {
            return TypedResults.NotFound();
        }

        SetETag(response, known);
        return IfNoneMatchNames(version) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(entity);
    }

    public static void SetETag(HttpResponse response, long version) => response.GetTypedHeaders().ETag = TagOf(version);

    public static ProblemHttpResult Failed() => TypedResults.Problem(
        statusCode: StatusCodes.Status412PreconditionFailed,
        detail: "The entity is not in the state that the request demands, or does not exist: get it again, and use its new ETag.");

    /// <summary>The answer if another change was faster: 412 if the caller has set a condition, otherwise 409.</summary>
    public ProblemHttpResult LostRace() => IfMatch is not null ? Failed() : TypedResults.Problem(
        statusCode: StatusCodes.Status409Conflict,
        detail: "Somebody else has changed the entity at the same moment, and nothing was done: try again.");

    private bool IfMatchHolds(long? version) => IfMatch is null || Names(IfMatch, version, isStrong: true);

    private bool IfNoneMatchNames(long? version) => IfNoneMatch is not null && Names(IfNoneMatch, version, isStrong: false);

    /// <summary>True if a list of tags has that of the version, or is <c>*</c>. Nothing names what does not exist.</summary>
    private static bool Names(string header, long? version, bool isStrong) =>
        version is { } known
        && EntityTagHeaderValue.TryParseList([header], out var tags)
        && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(TagOf(known), useStrongComparison: isStrong));

    private static EntityTagHeaderValue TagOf(long version) => new($"\"{version.ToString(CultureInfo.InvariantCulture)}\"");
}

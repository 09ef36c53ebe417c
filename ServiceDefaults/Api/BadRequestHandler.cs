using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace ServiceDefaults.Api;

/// <summary>
/// Turns a request that cannot be read into a 400 that names the field as the caller does, in the form of a failed validation.
/// </summary>
internal sealed class BadRequestHandler(IOptions<JsonOptions> json) : IExceptionHandler
{
    /// <summary>The whole body, in the language of JSON paths.</summary>
    private const string Body = "$";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException badRequest)
        {
            return false;
        }

        // The server's own exceptions are of a derived type and say what is wrong with the bytes. Those of the endpoint speak of our code.
        var isOfEndpoint = badRequest is { StatusCode: StatusCodes.Status400BadRequest }
            && badRequest.GetType() == typeof(BadHttpRequestException);
        await (isOfEndpoint
            ? TypedResults.Problem(new HttpValidationProblemDetails(ErrorsOf(context, badRequest.InnerException as JsonException))
            {
                Status = badRequest.StatusCode,
                Title = "The request cannot be read.",
            })
            : TypedResults.Problem(badRequest.Message, statusCode: badRequest.StatusCode)).ExecuteAsync(context);
        return true;
    }

    private Dictionary<string, string[]> ErrorsOf(HttpContext context, JsonException? exception)
    {
        // The handler runs outside routing, which has put the endpoint away here.
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        return exception is not null ? ErrorsOf(exception, endpoint)
            : ParameterNames.WrongIn(context.Request, endpoint) is { Count: > 0 } errors ? errors
            : new() { [Body] = ["The body is missing: send a JSON object."] };
    }

    /// <summary>The path of a field is "$.value". A syntax error has an inner exception, and belongs to no field.</summary>
    private Dictionary<string, string[]> ErrorsOf(JsonException exception, Endpoint? endpoint) => exception switch
    {
        { InnerException: JsonException } => new()
        {
            [Body] = [$"This is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})."],
        },
        { Path: ['$', '.', .. var field] } => new()
        {
            [field] = [IsKnown(field, endpoint)
                ? $"The value of {field} has the wrong type or is out of range."
                : $"There is no field {field}."],
        },
        _ => new() { [Body] = ["The body must be a JSON object."] },
    };

    private bool IsKnown(string field, Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type
        || json.Value.SerializerOptions.GetTypeInfo(type).Properties.Any(
            property => string.Equals(property.Name, field, StringComparison.OrdinalIgnoreCase));
}

using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace ServiceDefaults.Api;

/// <summary>Turns a body that is no JSON of the request into a 400 that names the field, in the form of a failed validation.</summary>
internal sealed class BadRequestHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException badRequest)
        {
            return ValueTask.FromResult(false);
        }

        context.Response.StatusCode = badRequest.StatusCode;
        return problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = badRequest.InnerException is JsonException json
                ? new HttpValidationProblemDetails(ErrorsOf(json))
                {
                    Status = badRequest.StatusCode,
                    Title = "The JSON of the request cannot be read.",
                }
                : new ProblemDetails { Status = badRequest.StatusCode, Detail = badRequest.Message },
        });
    }

    /// <summary>
    /// The path of a field is "$.value". A syntax error, which has an inner exception of the same kind, belongs to no field.
    /// </summary>
    private static Dictionary<string, string[]> ErrorsOf(JsonException json) =>
        json.Path is ['$', '.', .. var field] && json.InnerException is not JsonException
            ? new() { [field] = [$"The value of {field} has the wrong type or is out of range."] }
            : new() { ["$"] = [$"This is not valid JSON (line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1})."] };
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace ServiceDefaults.Api;

/// <summary>Turns a body that cannot be read into a 400 that names the field, in the form of a failed validation.</summary>
internal sealed partial class BadRequestHandler(IProblemDetailsService problems) : IExceptionHandler
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

    private static Dictionary<string, string[]> ErrorsOf(JsonException json)
    {
        if (MissingProperties().Match(json.Message) is { Success: true } missing)
        {
            return QuotedName().Matches(missing.Groups["names"].Value)
                .ToDictionary(name => name.Groups[1].Value, name => new[] { $"The field {name.Groups[1].Value} is required." });
        }

        // The path is "$.value" for a field. A mistake in the syntax, told by an inner exception of the same kind, belongs to none.
        return json.Path is ['$', '.', .. var field] && json.InnerException is not JsonException
            ? new() { [field] = [$"The value of {field} has the wrong type or is out of range."] }
            : new() { ["$"] = [$"This is not valid JSON (line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1})."] };
    }

    /// <summary>System.Text.Json tells the names of missing required properties in its message only.</summary>
    [GeneratedRegex("missing required properties including: (?<names>.+)$", RegexOptions.Singleline)]
    private static partial Regex MissingProperties();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex QuotedName();
}

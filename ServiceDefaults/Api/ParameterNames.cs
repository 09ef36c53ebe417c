using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace ServiceDefaults.Api;

/// <summary>Parameters under the names that a caller knows, and not under those of the code.</summary>
internal static class ParameterNames
{
    /// <summary>Renames the fields of a failed validation: <c>name</c>, <c>limit</c>, <c>Idempotency-Key</c>.</summary>
    public static void UseIn(ProblemDetailsContext context)
    {
        if (context.ProblemDetails is HttpValidationProblemDetails problem)
        {
            var headers = ParametersOf(context.HttpContext.GetEndpoint()).ToLookup(parameter => parameter.Name, HeaderOf);
            problem.Errors = problem.Errors.ToDictionary(
                error => headers[error.Key].FirstOrDefault() ?? JsonNamingPolicy.CamelCase.ConvertName(error.Key), error => error.Value);
        }
    }

    /// <summary>The parameters of the query that are missing, or not of their type.</summary>
    public static Dictionary<string, string[]> WrongIn(HttpRequest request, Endpoint? endpoint)
    {
        var route = (endpoint as RouteEndpoint)?.RoutePattern;
        var errors =
            from parameter in ParametersOf(endpoint)
            where parameter.HasTryParse && route?.GetParameter(parameter.Name) is null
            let type = Nullable.GetUnderlyingType(parameter.ParameterInfo.ParameterType) ?? parameter.ParameterInfo.ParameterType
            let values = request.Query[parameter.Name]
            let text = values.Count == 0 && !parameter.IsOptional ? $"It is required: {Describe(type)}."
                : values.Any(value => !TypeDescriptor.GetConverter(type).IsValid(value!)) ? $"This is not {Describe(type)}."
                : null
            where text is not null
            select (parameter.Name, text);
        return errors.ToDictionary(error => error.Name, error => new[] { error.text });
    }

    private static IEnumerable<IParameterBindingMetadata> ParametersOf(Endpoint? endpoint) =>
        endpoint?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [];

    private static string? HeaderOf(IParameterBindingMetadata parameter) =>
        parameter.ParameterInfo.GetCustomAttributes().OfType<IFromHeaderMetadata>().FirstOrDefault()?.Name;

    private static string Describe(Type type) =>
        type == typeof(Guid) ? "a UUID"
        : type == typeof(DateTimeOffset) ? "a time such as 2026-01-31T12:00:00Z"
        : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : "a whole number, or it is too large";
}

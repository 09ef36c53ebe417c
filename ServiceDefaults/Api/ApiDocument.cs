using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ServiceDefaults.Api;

/// <summary>The OpenAPI document of a service. It begins with the <c>Description</c> in the project file of the service.</summary>
internal sealed class ApiDocument : IOperationFilter, IDocumentFilter
{
    public static void Describe(SwaggerGenOptions swagger, string service)
    {
        var assembly = Assembly.Load(service);
        swagger.SwaggerDoc("v1", new OpenApiInfo
        {
            Title = service,
            Version = "v1",
            Description = assembly.GetCustomAttribute<AssemblyDescriptionAttribute>()?.Description,
        });
        swagger.AddServer(new OpenApiServer { Url = "/" });
        swagger.SupportNonNullableReferenceTypes();
        foreach (var comments in Directory.EnumerateFiles(Path.GetDirectoryName(assembly.Location)!, "*.xml"))
        {
            swagger.IncludeXmlComments(comments);
        }

        swagger.MapType<decimal>(() => new OpenApiSchema { Type = JsonSchemaType.Number, Format = "decimal" });
        swagger.MapType<decimal?>(() => new OpenApiSchema { Type = JsonSchemaType.Number, Format = "decimal" });
        swagger.OperationFilter<ApiDocument>();
        swagger.DocumentFilter<ApiDocument>();
        OperatorSwagger.AddTo(swagger);
    }

    /// <summary>Adds the answers that the conventions give for any operation. Each refusal is a ProblemDetails.</summary>
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var responses = operation.Responses ??= [];
        if (operation.RequestBody is not null)
        {
            responses.TryAdd("415", new OpenApiResponse { Description = "The body is not JSON, or its charset is unknown." });
        }

        if (operation.RequestBody is not null || operation.Parameters?.Any(parameter => parameter.In == ParameterLocation.Query) == true)
        {
            Add("400", "The request cannot be read, or a value is not allowed.", typeof(HttpValidationProblemDetails));
        }

        Add("503", "The database is not available. Try again after Retry-After.", typeof(ProblemDetails));
        foreach (var refusal in responses.Where(response => response.Key[0] == '4' && response.Value.Content is null or { Count: 0 }))
        {
            ((OpenApiResponse)refusal.Value).Content = Problem(typeof(ProblemDetails));
        }

        void Add(string status, string description, Type problem) =>
            responses.TryAdd(status, new OpenApiResponse { Description = description, Content = Problem(problem) });

        Dictionary<string, IOpenApiMediaType> Problem(Type problem) => new()
        {
            ["application/problem+json"] = new OpenApiMediaType
            {
                Schema = context.SchemaGenerator.GenerateSchema(problem, context.SchemaRepository),
            },
        };
    }

    /// <summary>Says that an operation needs no key unless it says so itself.</summary>
    public void Apply(OpenApiDocument document, DocumentFilterContext context) => document.Security = [[]];
}

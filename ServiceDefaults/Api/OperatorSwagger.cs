using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ServiceDefaults.Api;

/// <summary>Marks the operations that need the API key, so that the Swagger page can ask for it and send it.</summary>
internal sealed class OperatorSwagger : IOperationFilter
{
    private const string Scheme = "ApiKey";

    public static void AddTo(SwaggerGenOptions swagger)
    {
        swagger.AddSecurityDefinition(Scheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = OperatorEndpoints.Header,
            Description = $"The key that is configured as {OperatorEndpoints.Setting}; not needed in Development.",
        });
        swagger.OperationFilter<OperatorSwagger>();
    }

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (context.ApiDescription.ActionDescriptor.EndpointMetadata.OfType<OperatorEndpoints.NeedsApiKey>().Any())
        {
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
        }
    }
}

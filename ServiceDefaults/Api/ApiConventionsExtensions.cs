using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace ServiceDefaults.Api;

/// <summary>Conventions of all APIs: failures are ProblemDetails, and Swagger is at <c>/swagger</c>.</summary>
internal static class ApiConventionsExtensions
{
    public static void AddApiConventions(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails();

        // Bad JSON is thrown in every environment, so that BadRequestHandler can name the field.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddExceptionHandler<BadRequestHandler>();
        builder.Services.AddExceptionHandler<DatabaseUnavailableHandler>();

        builder.Services.AddEndpointsApiExplorer();
        builder.Services.AddSwaggerGen(swagger =>
        {
            swagger.SwaggerDoc("v1", new OpenApiInfo { Title = builder.Environment.ApplicationName, Version = "v1" });
            swagger.SupportNonNullableReferenceTypes();
            swagger.IncludeXmlComments(Assembly.Load(builder.Environment.ApplicationName));
            OperatorSwagger.AddTo(swagger);
        });
    }

    public static void UseApiConventions(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseSwagger();
        app.UseSwaggerUI(ui => ui.DocumentTitle = app.Environment.ApplicationName);
        app.MapGet("/", () => TypedResults.Redirect("/swagger")).ExcludeFromDescription();
    }
}

using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Routing;

namespace ServiceDefaults.Api;

/// <summary>Conventions of all APIs: failures are ProblemDetails, and Swagger is at <c>/swagger</c>.</summary>
internal static class ApiConventionsExtensions
{
    public static void AddApiConventions(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = ParameterNames.UseIn);

        // The API takes what its document describes, and nothing else.
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
        });

        // Bad JSON is thrown in every environment, so that BadRequestHandler can name the field.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddExceptionHandler<BadRequestHandler>();

        builder.Services.AddEndpointsApiExplorer();
        builder.Services.AddSwaggerGen(swagger => ApiDocument.Describe(swagger, builder.Environment.ApplicationName));
    }

    public static void UseApiConventions(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(RequestConventions.BeforeRoutingAsync);
        app.UseMiddleware<DatabaseOutages>();
        app.UseRouting();
        app.Use(RequestConventions.AfterRoutingAsync);
        app.UseSwagger();
        app.UseSwaggerUI(ui => ui.DocumentTitle = app.Environment.ApplicationName);
        app.MapGet("/", () => TypedResults.Redirect("/swagger")).ExcludeFromDescription();
    }
}

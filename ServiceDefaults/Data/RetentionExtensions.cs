using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Data;

public static class RetentionExtensions
{
    /// <summary>Has old rows of a table removed, for as long as the service runs; any number of replicas may do so together.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="delete">Which rows, in the database of <typeparamref name="TContext"/>.</param>
    /// <param name="section">Where its <see cref="RetentionOptions"/> are configured.</param>
    /// <param name="defaultPeriod">How long rows are kept unless configured otherwise.</param>
    public static WebApplicationBuilder AddRetention<TContext>(
        this WebApplicationBuilder builder, BoundedDelete delete, string section, TimeSpan defaultPeriod)
        where TContext : DbContext
    {
        builder.Services.AddOptions<RetentionOptions>(delete.Table)
            .Configure(options => options.Period = defaultPeriod)
            .BindConfiguration(section)
            .ValidateDataAnnotations()
            .ValidateOnStart();

        // Not AddHostedService, which adds a type once: a service may keep several tables small.
        builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<RetentionService<TContext>>(
            services, delete, services.GetRequiredService<IOptionsMonitor<RetentionOptions>>().Get(delete.Table)));
        return builder;
    }
}

using Microsoft.AspNetCore.Connections;

namespace ServiceDefaults.Startup;

/// <summary>One sentence instead of a stack trace, for a service that cannot start for a reason that its user can fix.</summary>
public static class StartupFailure
{
    /// <summary>The sentence for a failure that the user can fix. Null for any other: that is a bug, and needs its stack trace.</summary>
    public static string? SentenceFor(Exception exception) => exception switch
    {
        ConfigurationException or OptionsValidationException => exception.Message,

        // Several option classes have wrong values.
        AggregateException { InnerExceptions: var all } when all.All(one => one is OptionsValidationException) =>
            string.Join(' ', all.Select(one => one.Message)),
        IOException { InnerException: AddressInUseException } =>
            $"{exception.Message.TrimEnd('.')}: stop the program that listens there, or set ASPNETCORE_URLS to another address.",
        FormatException { Source: "Microsoft.AspNetCore.Http" } or ArgumentOutOfRangeException { ParamName: "port" } =>
            $"ASPNETCORE_URLS cannot be used: {exception.Message.TrimEnd('.')}. Set it to an address such as http://localhost:5001.",

        // Settings of the libraries, which are read while the service is built.
        InvalidOperationException { Source: "Microsoft.Extensions.Logging.Configuration" } => $"Logging:LogLevel: {exception.Message}",
        InvalidOperationException { Source: "Aspire.Npgsql.EntityFrameworkCore.PostgreSQL" } => exception.Message,
        _ => null,
    };

    /// <summary>
    /// Runs the service until it is stopped. Unlike <c>RunAsync</c> it throws what has ended a background service: a setting that only the
    /// database can check, or a bug.
    /// </summary>
    public static async Task RunServiceAsync(this WebApplication app)
    {
        // Before a background service reads its own settings: so the user learns of all wrong ones at once.
        app.Services.GetService<IStartupValidator>()?.Validate();
        var background = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToArray();
        try
        {
            await app.RunAsync();
        }
        catch (OperationCanceledException) when (Failed() is not null)
        {
            // It failed while the server was starting, which was cancelled then.
        }

        if (Failed() is { } failed)
        {
            await failed;
        }

        Task? Failed() => background.Select(service => service.ExecuteTask).FirstOrDefault(task => task is { IsFaulted: true });
    }
}

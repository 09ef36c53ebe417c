using Microsoft.AspNetCore.Connections;

namespace ServiceDefaults.Startup;

/// <summary>One sentence instead of a stack trace, for a service that cannot start for a reason that its user can fix.</summary>
public static class StartupFailure
{
    /// <summary>The sentence for a failure that the user can fix. Null for any other: that is a bug, and needs its stack trace.</summary>
    public static string? SentenceFor(Exception exception) => exception switch
    {
        ConfigurationException or OptionsValidationException => exception.Message,
        IOException { InnerException: AddressInUseException } =>
            $"{exception.Message.TrimEnd('.')}: stop the program that listens there, or set ASPNETCORE_URLS to another address.",
        _ => null,
    };
}

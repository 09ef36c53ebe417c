using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Startup;

/// <summary>Ends a service that cannot start for a reason the user can mend with one sentence instead of a stack trace.</summary>
internal static class StartupFailure
{
    private static int _listening;

    public static void SayInOneSentence()
    {
        if (Interlocked.Exchange(ref _listening, 1) == 0)
        {
            AppDomain.CurrentDomain.UnhandledException += (_, failure) =>
            {
                if (failure.ExceptionObject is Exception exception && SentenceFor(exception) is { } sentence)
                {
                    Console.Error.WriteLine(sentence);
                    Environment.Exit(1);
                }
            };
        }
    }

    private static string? SentenceFor(Exception exception) => exception switch
    {
        ConfigurationException or OptionsValidationException => exception.Message,
        IOException { InnerException: AddressInUseException } =>
            $"{exception.Message.TrimEnd('.')}: stop the program that listens there, or set ASPNETCORE_URLS to another address.",
        _ => null,
    };
}

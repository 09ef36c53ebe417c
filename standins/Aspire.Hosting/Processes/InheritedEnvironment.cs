using System.Collections;

namespace Aspire.Hosting.Processes;

/// <summary>What a process gets of the AppHost's own environment: everything but what was meant for the AppHost.</summary>
internal static class InheritedEnvironment
{
    private static readonly string[] AppHostOnly =
    [
        "ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS",
    ];

    // The build and the test platform talk to their own processes by variables, which must not reach the services.
    private static readonly string[] AppHostOnlyPrefixes = ["ASPIRE_", "DOTNET_DASHBOARD", "MSBUILD", "VSTEST", "TESTINGPLATFORM", "Parameters__"];

    public static Dictionary<string, string> Get() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .Select(variable => (Name: (string)variable.Key, Value: (string)variable.Value!))
        .Where(variable => !AppHostOnly.Contains(variable.Name, StringComparer.OrdinalIgnoreCase)
            && !AppHostOnlyPrefixes.Any(prefix => variable.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
        .ToDictionary(variable => variable.Name, variable => variable.Value);

    public static Dictionary<string, string> With(IReadOnlyDictionary<string, string> variables)
    {
        var all = Get();
        foreach (var (name, value) in variables)
        {
            all[name] = value;
        }

        return all;
    }
}

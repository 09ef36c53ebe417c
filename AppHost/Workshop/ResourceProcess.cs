using System.Diagnostics;
using System.Globalization;

namespace AppHost.Workshop;

/// <summary>The process of a resource.</summary>
public static class ResourceProcess
{
    /// <summary>The name under which Aspire publishes the process id of a project or executable.</summary>
    private const string IdProperty = "executable.pid";

    /// <returns>The process id. Null if it has no process, as for a container.</returns>
    public static int? Id(this CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == IdProperty)?.Value is { } id
            ? Convert.ToInt32(id, CultureInfo.InvariantCulture)
            : null;

    /// <summary>Kills it with SIGKILL, and all that it has started, because Aspire starts a project through `dotnet run`.</summary>
    public static ExecuteCommandResult Kill(string resource, CustomResourceSnapshot? snapshot)
    {
        if (snapshot?.Id() is not { } id)
        {
            return CommandResults.Failure($"{resource} has no process.");
        }

        try
        {
            Process.GetProcessById(id).Kill(entireProcessTree: true);
            return CommandResults.Success();
        }
        catch (ArgumentException)
        {
            return CommandResults.Failure($"{resource} is not running.");
        }
    }
}

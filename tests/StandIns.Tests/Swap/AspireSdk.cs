using System.Xml.Linq;

namespace StandIns.Tests.Swap;

/// <summary>
/// A package folder with an Aspire.AppHost.Sdk that only says that it was imported: what a machine whose feed lacks the real one needs in
/// order
/// to evaluate the AppHost as a machine that has it would. It is no folder that anything else uses.
/// </summary>
public sealed class AspireSdk : IDisposable
{
    /// <summary>A property that both of its files have to be imported for.</summary>
    public const string Mark = "AspireSdkWasImported";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outbox-demo-sdk-");

    public AspireSdk()
    {
        var appHost = XDocument.Load(Path.Combine(Repository.Root, "AppHost", "AppHost.csproj"));
        var version = appHost.Descendants("Import").First().Attribute("Version")!.Value;
        var package = _folder.CreateSubdirectory(Path.Combine("aspire.apphost.sdk", version));
        var sdk = package.CreateSubdirectory("Sdk");
        File.WriteAllText(Path.Combine(package.FullName, ".nupkg.metadata"), """{ "version": 2, "contentHash": "", "source": "" }""");
        File.WriteAllText(Path.Combine(sdk.FullName, "Sdk.props"), Properties("<AspireSdkProps>true</AspireSdkProps>"));
        File.WriteAllText(Path.Combine(sdk.FullName, "Sdk.targets"), Properties($"<{Mark}>$(AspireSdkProps)</{Mark}>"));
    }

    public string Packages => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Properties(string properties) => $"<Project><PropertyGroup>{properties}</PropertyGroup></Project>";
}

using System.Text.Json.Nodes;
using Aspire.Hosting.Processes;

namespace StandIns.Tests.Hosting;

public sealed class UserSecretsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("secrets-").FullName;

    private string SecretsPath => Path.Combine(_folder, "id", "secrets.json");

    [Fact]
    public async Task A_value_is_generated_once_however_many_ask_for_it()
    {
        var values = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            _ => Task.Run(() => new UserSecretsFile(SecretsPath).GetOrAdd("Parameters:password", () => Guid.NewGuid().ToString()))));

        Assert.Single(values.Distinct());
    }

    [Fact]
    public void What_else_is_in_the_file_stays()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SecretsPath)!);
        File.WriteAllText(SecretsPath, """{ "Other": "kept", "Parameters": { "nested": "found" }, /* a comment */ }""");
        var secrets = new UserSecretsFile(SecretsPath);

        Assert.Equal("found", secrets.GetOrAdd("Parameters:nested", () => "generated"));
        Assert.Equal("generated", secrets.GetOrAdd("Parameters:new", () => "generated"));

        var file = JsonNode.Parse(File.ReadAllText(SecretsPath))!;
        Assert.Equal("kept", (string?)file["Other"]);
        Assert.Equal("generated", (string?)file["Parameters:new"]);
    }

    [Fact]
    public void A_file_that_is_not_json_is_named()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SecretsPath)!);
        File.WriteAllText(SecretsPath, "{");

        var failure = Assert.ThrowsAny<Exception>(() => new UserSecretsFile(SecretsPath).GetOrAdd("key", () => "value"));

        Assert.Contains(SecretsPath, failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

using System.Text.Json.Nodes;
using Xunit;

namespace Testing;

/// <summary>A test that needs npm's @asyncapi/parser. It is skipped where npx cannot get it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AsyncApiFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> IsThere = new(() => AsyncApi.Run("").ExitCode == 0);

    public AsyncApiFactAttribute() => Skip = IsThere.Value ? null : $"npx cannot get {AsyncApi.Package}: install Node 20 with npm.";
}

/// <summary>AsyncAPI's own parser, with the validator of JSON schemas that it uses.</summary>
public static class AsyncApi
{
    public const string Package = "@asyncapi/parser@3.6.6";

    /// <summary>
    /// Writes what is wrong. A schema allows unknown properties, and has optional ones. Here a message must have exactly the properties
    /// that are described, so that the document neither lacks one nor invents one.
    /// </summary>
    private const string Script = """
        const { delimiter, join } = require('path');
        const modules = join(process.env.PATH.split(delimiter)[0], '..'); // npx puts it first
        const { Parser } = require(join(modules, '@asyncapi/parser'));
        const ajv = new (require(join(modules, 'ajv')))({ strict: false, allErrors: true });
        require(join(modules, 'ajv-formats'))(ajv);
        const [file, messages] = process.argv.slice(1);
        const exactly = schema => ({ ...schema, additionalProperties: false, required: Object.keys(schema.properties) });

        new Parser().parse(require('fs').readFileSync(file, 'utf8')).then(({ document, diagnostics }) => {
            diagnostics.forEach(diagnostic => console.log(diagnostic.path.join('/'), diagnostic.message));
            for (const { type, ...parts } of JSON.parse(messages)) {
                const described = document.messages().get(type).json();
                for (const [part, value] of Object.entries(parts)) {
                    if (!ajv.validate(exactly(described[part]), value)) {
                        console.log(type, part, ajv.errorsText(), JSON.stringify(value));
                    }
                }
            }
        });
        """;

    /// <summary>Fails if the document has an error or a warning, or if it does not describe a message.</summary>
    /// <param name="file">The document.</param>
    /// <param name="messages">The type of each message, and parts of it under the names that they have in the document.</param>
    public static void AssertDescribes(string file, params JsonNode[] messages)
    {
        var (exitCode, output) = Run(Script, file, new JsonArray(messages).ToJsonString());
        Assert.True(exitCode == 0 && output.Length == 0, output);
    }

    /// <inheritdoc cref="Npx.Run"/>
    internal static (int ExitCode, string Output) Run(string script, params string[] arguments) =>
        Npx.Run([$"--package={Package}", "--", "node", "-e", script, .. arguments]);
}

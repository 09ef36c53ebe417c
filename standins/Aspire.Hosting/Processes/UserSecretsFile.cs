using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting.Processes;

/// <summary>
/// The user secrets of the AppHost. Several AppHosts may start at the same time, tests do: a value is generated once, under a lock, and
/// the file is replaced as a whole, so that nobody reads half of it.
/// </summary>
internal sealed class UserSecretsFile(string path)
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(20);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Null if the AppHost has no user secrets: nothing is kept then.</summary>
    public static UserSecretsFile? Of(Assembly? appHost) =>
        AppHostMetadata.UserSecretsId(appHost) is { } id ? new UserSecretsFile(PathHelper.GetSecretsPathFromSecretsId(id)) : null;

    /// <summary>The value under this key; generated and kept if there is none yet.</summary>
    public string GetOrAdd(string key, Func<string> generate)
    {
        try
        {
            CreateFolder();
            using (Lock())
            {
                var secrets = Read();
                if (Find(secrets, key) is { } value)
                {
                    return value;
                }

                var generated = generate();
                secrets[key] = generated;
                Replace(secrets);
                return generated;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartFailureException(
                $"The user secrets, which keep '{key}', cannot be written ({exception.Message.TrimEnd('.')}): "
                + $"make {path} writable, or set {key} in the configuration.",
                exception);
        }
        catch (JsonException exception)
        {
            throw new StartFailureException($"The user secrets in {path} are not valid JSON: put that right, or delete the file.", exception);
        }
    }

    private void CreateFolder()
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private FileStream Lock()
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(deadline) < LockTimeout)
            {
                Thread.Sleep(LockRetry);
            }
        }
    }

    private JsonObject Read()
    {
        var text = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        return string.IsNullOrWhiteSpace(text) ? [] : JsonNode.Parse(text, documentOptions: Lenient) as JsonObject ?? [];
    }

    // `dotnet user-secrets` writes flat keys ("Parameters:x"); a hand-written file may have nested objects.
    private static string? Find(JsonObject secrets, string key)
    {
        JsonNode? node = secrets[key];
        if (node is null)
        {
            node = secrets;
            foreach (var part in key.Split(':'))
            {
                node = (node as JsonObject)?[part];
            }
        }

        return (string?)(node as JsonValue);
    }

    private void Replace(JsonObject secrets)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        PrivateFile.Create(temporary, secrets.ToJsonString(Indented));
        File.Move(temporary, path, overwrite: true);
    }
}

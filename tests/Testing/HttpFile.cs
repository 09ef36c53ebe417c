using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Testing;

/// <summary>
/// A file of HTTP requests, as IDEs read it: <c>###</c> begins a request, <c>@host = …</c> sets a variable, and <c># @name x</c> names a
/// request, so that later ones can use its answer. A comment of each request promises the answer: its status and texts in it.
/// </summary>
public static partial class HttpFile
{
    /// <summary>Sends each request, from top to bottom. A GET is repeated until its answer is as promised.</summary>
    /// <param name="file">The file. Its <c>host</c> must be an address in the launch settings of its project.</param>
    /// <param name="client">Its address takes the place of the file's <c>host</c>.</param>
    public static async Task AssertAnswersAsync(string file, HttpClient client)
    {
        var sections = (await File.ReadAllTextAsync(file)).Split("\n### ");
        var settings = Path.Combine(Path.GetDirectoryName(file)!, "Properties", "launchSettings.json");
        Assert.Contains($"\"{Host().Match(sections[0]).Groups["host"]}\"", await File.ReadAllTextAsync(settings), StringComparison.Ordinal);
        var answers = new Dictionary<string, Answer>();
        foreach (var section in sections.Skip(1))
        {
            var request = Request().Match(Fill(section, client.BaseAddress!, answers));
            Assert.True(request.Success, $"This is no request with a promised answer: {section}");
            var answer = await Eventually.GetAsync(
                () => SendAsync(client, request), answer => request.Groups["method"].Value != "GET" || answer.Keeps(request));
            Assert.True(answer.Keeps(request), $"{request.Groups["title"]} is answered with {answer}");
            answers[request.Groups["name"].Value] = answer;
        }
    }

    [GeneratedRegex(@"^@host = (?<host>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Host();

    [GeneratedRegex(
        """
        ^(?<title>[^\n]+)\n
        (\#\ (Answer:\ (?<status>\d{3})(\ `(?<text>[^`]+)`)*|@name\ (?<name>\w+)|[^\n]*)\n)+?
        (?<method>[A-Z]+)\ (?<url>\S+)\n
        ((?<header>[\w-]+):\ (?<value>[^\n]+)\n)*
        (\n(?<body>.+))?$
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline)]
    private static partial Regex Request();

    /// <summary>What stands for a part of an earlier answer: <c>{{name.response.body.$[0].id}}</c>.</summary>
    [GeneratedRegex(@"\{\{(?<name>\w+)\.response\.(headers\.(?<header>[\w-]+)|body\.\$((\.(?<step>\w+))|(\[(?<step>\d+)\]))+)\}\}")]
    private static partial Regex Variable();

    private static string Fill(string section, Uri host, Dictionary<string, Answer> answers) => Variable().Replace(
        section.Replace("{{host}}", host.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal),
        variable => answers[variable.Groups["name"].Value].Read(variable));

    private static async Task<Answer> SendAsync(HttpClient client, Match parts)
    {
        using var request = new HttpRequestMessage(new HttpMethod(parts.Groups["method"].Value), parts.Groups["url"].Value);
        request.Content = parts.Groups["body"].Success ? new StringContent(parts.Groups["body"].Value, Encoding.UTF8) : null;
        foreach (var (name, value) in parts.Groups["header"].Captures.Zip(parts.Groups["value"].Captures))
        {
            if (name.Value == "Content-Type")
            {
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value.Value);
            }
            else
            {
                request.Headers.Add(name.Value, value.Value);
            }
        }

        using var response = await client.SendAsync(request);
        var headers = response.Headers.NonValidated.ToDictionary(header => header.Key, header => $"{header.Value}");
        return new Answer((int)response.StatusCode, headers, await response.Content.ReadAsStringAsync());
    }

    private sealed record Answer(int Status, Dictionary<string, string> Headers, string Body)
    {
        public bool Keeps(Match promise) => $"{Status}" == promise.Groups["status"].Value
            && promise.Groups["text"].Captures.All(text => ToString().Contains(text.Value, StringComparison.Ordinal));

        public string Read(Match variable) => variable.Groups["header"].Success
            ? Headers[variable.Groups["header"].Value]
            : variable.Groups["step"].Captures.Aggregate(JsonElement.Parse(Body), (json, step) => Step(json, step.Value)).ToString();

        public override string ToString() => $"{Status}\n{string.Join('\n', Headers)}\n\n{Body}";

        private static JsonElement Step(JsonElement json, string step) =>
            json.ValueKind == JsonValueKind.Array ? json[int.Parse(step, CultureInfo.InvariantCulture)] : json.GetProperty(step);
    }
}

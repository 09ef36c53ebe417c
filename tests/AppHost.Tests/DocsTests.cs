using System.Text.RegularExpressions;

namespace AppHost.Tests;

/// <summary>The links of all pages of the solution.</summary>
public sealed partial class DocsTests
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true };
    private static readonly string[] NotOurs = ["artifacts", ".local", "node_modules", "bin", "obj"];

    [Fact]
    public void Each_link_leads_to_a_file_and_to_a_heading_in_it()
    {
        var broken =
            from page in Directory.EnumerateFiles(Solution.PathOf("."), "*.md", Everywhere)
            where !Path.GetRelativePath(Solution.PathOf("."), page).Split('/').Intersect(NotOurs).Any()
            from Match link in Link().Matches(CodeBlock().Replace(File.ReadAllText(page), ""))
            let target = link.Groups["path"].Value is { Length: > 0 } path ? Path.Combine(Path.GetDirectoryName(page)!, path) : page
            where !Path.Exists(target) || (link.Groups["heading"] is { Success: true } heading && !Headings(target).Contains(heading.Value))
            select $"{page}: {link.Value}";
        Assert.Empty(broken);
    }

    /// <returns>The names that GitHub gives to the headings of a page.</returns>
    private static IEnumerable<string> Headings(string page) =>
        from Match heading in Heading().Matches(CodeBlock().Replace(File.ReadAllText(page), ""))
        select NotInNames().Replace(heading.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?!\w+:)(?<path>[^)#\s]*)(#(?<heading>[^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^ *```.+?^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInNames();
}

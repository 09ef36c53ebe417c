using System.Reflection;
using StandIns.Tests.Swap;

namespace StandIns.Tests.Hosting.Surface;

/// <summary>
/// The public API of each stand-in is written down beside this test, so that a review sees what is added: it may only be what the real
/// package has. The lists were compared with Aspire's own listings (src/*/api/*.cs) and OpenTelemetry's (PublicAPI.Shipped.txt).
/// </summary>
public sealed class PublicSurfaceTests
{
    [Theory]
    [InlineData("Aspire.Hosting")]
    [InlineData("Aspire.Hosting.Docker")]
    [InlineData("Aspire.Hosting.PostgreSQL")]
    [InlineData("Aspire.Hosting.Testing")]
    [InlineData("Aspire.Npgsql.EntityFrameworkCore.PostgreSQL")]
    [InlineData("OpenTelemetry.Extensions.Hosting")]
    public async Task The_public_surface_is_the_one_that_was_reviewed(string standIn)
    {
        var reviewed = Path.Combine(Repository.Root, "tests", "StandIns.Tests", "Hosting", "Surface", $"{standIn}.api.txt");
        var found = Path.Combine(AppContext.BaseDirectory, $"{standIn}.api.txt");
        var lines = PublicSurface.Of(Assembly.Load(standIn));
        await File.WriteAllLinesAsync(found, lines);
        var expected = File.Exists(reviewed) ? await File.ReadAllLinesAsync(reviewed) : [];

        var added = lines.Except(expected).Select(line => $"+ {line}");
        var removed = expected.Except(lines).Select(line => $"- {line}");

        Assert.True(
            lines.SequenceEqual(expected),
            $"""
            The public surface of {standIn} has changed:
            {string.Join('\n', added.Concat(removed))}
            If the real package has the same, copy {found} to {reviewed}.
            """);
    }
}

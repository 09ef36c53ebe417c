using System.Text;

namespace Messaging;

internal static class PostgresText
{
    /// <summary>
    /// Text that PostgreSQL can store. Its <c>text</c> holds any character except U+0000, and no half of a surrogate pair, because that has
    /// no UTF-8. Both become U+FFFD.
    /// </summary>
    public static string Storable(string text) =>
        !text.Contains('\0', StringComparison.Ordinal) && text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0
            ? text
            : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD')));
}

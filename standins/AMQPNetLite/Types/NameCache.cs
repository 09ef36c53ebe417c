namespace Amqp.Types;

/// <summary>
/// Symbols and the names of properties repeat with every message: they are made once. The table has a fixed size, and a newcomer takes the
/// place of whoever has its slot, so that no peer can make it grow. Entries are immutable: a race costs a duplicate, nothing else.
/// </summary>
internal static class NameCache
{
    private const int Slots = 512;
    private const int MaxLength = 64;

    private static readonly Entry[] Entries = new Entry[Slots];

    internal sealed class Entry(string text)
    {
        public string Text { get; } = text;

        public Symbol Symbol { get; } = new(text);
    }

    /// <summary>The entry of an ASCII name.</summary>
    public static Entry Get(ReadOnlySpan<byte> ascii)
    {
        if (ascii.Length > MaxLength)
        {
            return Create(ascii);
        }

        var hash = new HashCode();
        hash.AddBytes(ascii);
        ref var slot = ref Entries[hash.ToHashCode() & (Slots - 1)];
        var entry = slot;
        if (entry is null || !System.Text.Ascii.Equals(ascii, entry.Text))
        {
            slot = entry = Create(ascii);
        }

        return entry;
    }

    private static Entry Create(ReadOnlySpan<byte> ascii) => new(System.Text.Encoding.ASCII.GetString(ascii));
}

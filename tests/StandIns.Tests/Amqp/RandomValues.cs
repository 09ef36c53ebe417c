using Amqp.Types;

namespace StandIns.Tests.Amqp;

/// <summary>Values of every type that has an encoding, nested a few levels deep.</summary>
internal sealed class RandomValues(Random random)
{
    private const int MaxDepth = 4;

    private static readonly Type[] ItemTypes =
    [
        typeof(bool), typeof(byte), typeof(ushort), typeof(uint), typeof(ulong), typeof(sbyte), typeof(short), typeof(int), typeof(long),
        typeof(float), typeof(double), typeof(DateTime), typeof(Guid), typeof(byte[]), typeof(string), typeof(Symbol), typeof(List), typeof(Map),
    ];

    /// <summary>Equal in type too, all the way down.</summary>
    public static bool AreSame(object? expected, object? actual) => (expected, actual) switch
    {
        (null, null) => true,
        (DescribedValue one, DescribedValue other) => AreSame(one.Descriptor, other.Descriptor) && AreSame(one.Value, other.Value),
        (Map one, Map other) => one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && AreSame(pair.Value, value)),
        (System.Collections.IList one, System.Collections.IList other) =>
            one.GetType() == other.GetType()
            && one.Count == other.Count
            && one.Cast<object?>().Zip(other.Cast<object?>()).All(pair => AreSame(pair.First, pair.Second)),
        _ => expected?.GetType() == actual?.GetType() && Equals(expected, actual),
    };

    public object? Next(int depth = 0)
    {
        var kind = random.Next(depth < MaxDepth ? 24 : 19);
        return kind switch
        {
            < 16 => Simple(ItemTypes[kind]),
            16 => null,
            17 => Decimal(),
            18 => (char)random.Next(0xD800),
            19 or 20 => Simple(typeof(List), depth),
            21 => Simple(typeof(Map), depth),
            22 => NextArray(depth),
            _ => new DescribedValue(random.Next(2) == 0 ? (ulong)random.NextInt64() | 1UL << 40 : new Symbol("x:" + Ascii()), Next(depth + 1)),
        };
    }

    /// <summary>Of one type, of arrays, or of described values.</summary>
    private Array NextArray(int depth)
    {
        var length = random.Next(5);
        switch (random.Next(4))
        {
            case 0:
                return Filled(new object[length + 1], () => Filled(new int[random.Next(3)], () => Simple(typeof(int))));
            case 1:
                var descriptor = new Symbol("x:item");
                return Filled(new DescribedValue[length + 1], () => new DescribedValue(descriptor, Simple(typeof(string))));
            default:
                var type = ItemTypes[random.Next(ItemTypes.Length)];
                return Filled(Array.CreateInstance(type, length), () => Simple(type, depth));
        }
    }

    private object Simple(Type type, int depth = 0) => type.Name switch
    {
        nameof(Boolean) => random.Next(2) == 0,
        nameof(Byte) => (byte)random.Next(),
        nameof(UInt16) => (ushort)random.Next(),
        nameof(UInt32) => (uint)Integer(),
        nameof(UInt64) => (ulong)Integer(),
        nameof(SByte) => (sbyte)random.Next(),
        nameof(Int16) => (short)random.Next(),
        nameof(Int32) => (int)Integer(),
        nameof(Int64) => Integer(),
        nameof(Single) => BitConverter.Int32BitsToSingle((int)Integer()),
        nameof(Double) => BitConverter.Int64BitsToDouble(Integer()),
        nameof(DateTime) => DateTime.UnixEpoch.AddMilliseconds(random.NextInt64(-60_000_000_000_000, 250_000_000_000_000)),
        nameof(Guid) => Guid.NewGuid(),
        "Byte[]" => Bytes(),
        nameof(String) => Text(),
        nameof(Symbol) => new Symbol(Ascii()),
        nameof(List) => Repeat(new List(), list => list.Add(Next(depth + 1)!)),
        _ => Repeat(new Map(), map => map[random.Next(2) == 0 ? Text() : new Symbol(Ascii())] = Next(depth + 1)!),
    };

    /// <summary>As many small ones as large ones: the small have encodings of their own.</summary>
    private long Integer() => unchecked(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));

    private decimal Decimal() =>
        new(random.Next(), random.Next(), random.Next(), random.Next(2) == 0, (byte)random.Next(29));

    private byte[] Bytes()
    {
        var bytes = new byte[Length()];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Ascii() => string.Concat(Enumerable.Range(0, Length()).Select(_ => (char)random.Next(0x20, 0x7F)));

    private string Text() => string.Concat(Enumerable.Range(0, Length()).Select(_ => Rune()));

    private System.Text.Rune Rune() => new(random.Next(4) == 0 ? random.Next(0xE000, 0x110000) : random.Next(0xD800));

    /// <summary>Now and then one that needs four bytes for its size.</summary>
    private int Length() => random.Next(20) == 0 ? random.Next(250, 300) : random.Next(10);

    private T Repeat<T>(T collection, Action<T> add)
    {
        for (var count = random.Next(5); count > 0; count--)
        {
            add(collection);
        }

        return collection;
    }

    private static Array Filled(Array array, Func<object> next)
    {
        for (var index = 0; index < array.Length; index++)
        {
            array.SetValue(next(), index);
        }

        return array;
    }
}

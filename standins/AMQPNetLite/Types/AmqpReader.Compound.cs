using System.Text;

namespace Amqp.Types;

/// <summary>A list, map or array that is being read (1.6.22 to 1.6.24): how many items it has, and where it ends.</summary>
internal readonly record struct Compound(int Count, int End);

/// <summary>Lists, maps and arrays (1.6.22 to 1.6.24), and values of which only the bytes tell the type.</summary>
internal ref partial struct AmqpReader
{
    /// <summary>A map is made with room for its entries, but not for as many as a peer says that there are.</summary>
    private const int MaxPresized = 64;

    public Compound EnterList() => EnterList(ReadFormatCode());

    public void Exit(Compound compound)
    {
        Ascend();
        if (_position != compound.End)
        {
            throw Malformed("A list, map or array does not have the size that it says.");
        }
    }

    public Fields ReadFields()
    {
        var fields = new Fields();
        ReadMapInto(fields, MapKeys.Symbols);
        return fields;
    }

    public Map ReadMap()
    {
        var map = new Map();
        ReadMapInto(map, MapKeys.Any);
        return map;
    }

    public List ReadList() => ReadList(ReadFormatCode());

    public void ReadMapInto(Map map, MapKeys rule) => ReadMapInto(map, rule, ReadFormatCode());

    private void ReadMapInto(Map map, MapKeys rule, byte code)
    {
        var entries = EnterMap(code);
        map.EnsureCapacity(Math.Min(entries.Count / 2, MaxPresized));
        for (var index = 0; index < entries.Count; index += 2)
        {
            var key = rule == MapKeys.Strings ? ReadPropertyName() : ReadObject();
            if (!MapKeyRules.Allow(rule, key))
            {
                throw Malformed($"A key of a map is {key?.GetType().Name ?? "null"}, which is not allowed there.");
            }

            if (!map.TryAdd(key, ReadObject()))
            {
                throw Malformed("A map has the same key twice.");
            }
        }

        Exit(entries);
    }

    private List ReadList(byte code)
    {
        var items = EnterList(code);
        var list = new List(items.Count);
        for (var index = 0; index < items.Count; index++)
        {
            list.Add(ReadObject());
        }

        Exit(items);
        return list;
    }

    /// <summary>Passes over a value without looking into it.</summary>
    public void Skip()
    {
        var code = ReadFormatCode();
        if (code == FormatCode.Described)
        {
            Descend();
            Skip();
            Skip();
            Ascend();
            return;
        }

        Take(FormatCode.FixedWidth(code) switch
        {
            >= 0 and var width => width,
            _ => (code >> 4) switch
            {
                0xA or 0xC or 0xE => Take(1)[0],
                0xB or 0xD or 0xF => ReadSize(),
                _ => throw Unexpected(code, "value"),
            },
        });
    }

    /// <summary>The key of an application property: the same few for every message, so they are not made anew each time.</summary>
    private object ReadPropertyName()
    {
        var code = ReadFormatCode();
        if (code is not (FormatCode.String8 or FormatCode.String32))
        {
            throw Unexpected(code, "string");
        }

        var start = _position;
        var bytes = Take(code == FormatCode.String8 ? Take(1)[0] : ReadSize());
        if (Ascii.IsValid(bytes))
        {
            return NameCache.Get(bytes).Text;
        }

        _position = start;
        return ReadObject(code);
    }

    private Compound EnterList(byte code) => code switch
    {
        FormatCode.List0 => Enter(0, _position),
        FormatCode.List8 or FormatCode.List32 => EnterCompound(code),
        _ => throw Unexpected(code, "list"),
    };

    private Compound EnterMap(byte code)
    {
        var map = code is FormatCode.Map8 or FormatCode.Map32 ? EnterCompound(code) : throw Unexpected(code, "map");
        return map.Count % 2 == 0 ? map : throw Malformed("A map has a key without a value.");
    }

    private Compound EnterCompound(byte code)
    {
        var narrow = code is FormatCode.List8 or FormatCode.Map8 or FormatCode.Array8;
        var size = narrow ? Take(1)[0] : ReadSize();
        if (_bytes.Length - _position < size)
        {
            throw Truncated();
        }

        var end = _position + size;
        var count = narrow ? Take(1)[0] : ReadSize();

        // Every item of a list or map has at least its format code; those of an array may have no bytes at all.
        if (code is not (FormatCode.Array8 or FormatCode.Array32) && count > end - _position)
        {
            throw Truncated();
        }

        return Enter(count, end);
    }

    private Compound Enter(int count, int end)
    {
        Descend();
        return new Compound(count, end);
    }

    private void Descend()
    {
        if (_depth++ >= MaxDepth)
        {
            throw Malformed($"Values are nested more than {MaxDepth} deep.");
        }
    }

    private void Ascend() => _depth--;
}

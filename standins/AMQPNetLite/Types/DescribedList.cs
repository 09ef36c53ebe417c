using Amqp.Framing;

namespace Amqp.Types;

/// <summary>
/// A composite type (1.4): a list of fields, of which those at the end may be left out and the others be null. Which fields are
/// set is kept apart from their values, because a field that is not set is not the same as one that is set to its default.
/// </summary>
public abstract class DescribedList : RestrictedDescribed, IPerformative
{
    private readonly int _fieldCount;
    private int _fields;

    internal DescribedList(Descriptor descriptor, int fieldCount)
        : base(descriptor) => _fieldCount = fieldCount;

    /// <summary>Whether the field at <paramref name="index"/>, in the order of the specification, is set.</summary>
    public bool HasField(int index)
    {
        CheckIndex(index);
        return (_fields & (1 << index)) != 0;
    }

    /// <summary>Makes the field at <paramref name="index"/> unset.</summary>
    public void ResetField(int index)
    {
        CheckIndex(index);
        _fields &= ~(1 << index);
    }

    internal T Get<T>(int index, T value, T defaultValue = default) => (_fields & (1 << index)) != 0 ? value : defaultValue;

    internal void Set<T>(int index, ref T field, T value)
    {
        field = value;
        var bit = 1 << index;
        _fields = value is null ? _fields & ~bit : _fields | bit;
    }

    void IPerformative.Write(ByteBuffer buffer) => Encode(buffer);

    internal override void EncodeValue(ByteBuffer buffer)
    {
        if (_fields == 0)
        {
            buffer.WriteByte(FormatCode.List0);
            return;
        }

        var count = 32 - int.LeadingZeroCount(_fields);
        var list = buffer.BeginList(count);
        for (var index = 0; index < count; index++)
        {
            if ((_fields & (1 << index)) != 0)
            {
                EncodeField(index, buffer);
            }
            else
            {
                buffer.WriteByte(FormatCode.Null);
            }
        }

        buffer.EndList(list);
    }

    internal override void DecodeValue(ref AmqpReader reader)
    {
        var list = reader.EnterList();
        for (var index = 0; index < list.Count; index++)
        {
            if (index >= _fieldCount)
            {
                // A later version of the type may have more fields than we know.
                reader.Skip();
            }
            else if (!reader.TryReadNull())
            {
                DecodeField(index, ref reader);
            }
        }

        reader.Exit(list);
    }

    internal virtual void EncodeField(int index, ByteBuffer buffer) => throw new InvalidOperationException();

    internal virtual void DecodeField(int index, ref AmqpReader reader) => throw new InvalidOperationException();

    private void CheckIndex(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _fieldCount);
    }
}

using Amqp.Types;

namespace Amqp.Framing;

/// <summary>Says why something was closed or refused (2.8.14).</summary>
public sealed class Error : DescribedList
{
    private Symbol _condition;
    private string _description;
    private Fields _info;

    /// <summary>An error with no field set.</summary>
    public Error()
        : base(Descriptors.Error, 3)
    {
    }

    /// <summary>An error of a kind.</summary>
    public Error(Symbol condition)
        : this() => Condition = condition;

    internal Error(Symbol condition, string description)
        : this(condition) => Description = description;

    /// <inheritdoc/>
    public override string ToString() => Description is null ? $"{Condition}" : $"{Condition}: {Description}";

    /// <summary>The kind of error: one of <see cref="ErrorCode"/> or the broker's own.</summary>
    public Symbol Condition
    {
        get => Get(0, _condition);
        set => Set(0, ref _condition, value);
    }

    /// <summary>What happened, for people.</summary>
    public string Description
    {
        get => Get(1, _description);
        set => Set(1, ref _description, value);
    }

    /// <summary>More about it, for programs.</summary>
    public Fields Info
    {
        get => Get(2, _info);
        set => Set(2, ref _info, value);
    }

    internal override void EncodeField(int index, ByteBuffer buffer)
    {
        switch (index)
        {
            case 0: buffer.WriteSymbol(_condition); break;
            case 1: buffer.WriteString(_description); break;
            case 2: buffer.WriteMap(_info, MapKeys.Symbols); break;
        }
    }

    internal override void DecodeField(int index, ref AmqpReader reader)
    {
        switch (index)
        {
            case 0: Condition = reader.ReadSymbol(); break;
            case 1: Description = reader.ReadString(); break;
            case 2: Info = reader.ReadFields(); break;
        }
    }
}

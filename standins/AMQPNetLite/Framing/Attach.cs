using Amqp.Types;

namespace Amqp.Framing;

/// <summary>Attaches a link to a session (2.7.3).</summary>
public sealed class Attach : DescribedList
{
    private string _linkName;
    private uint _handle;
    private bool _role;
    private SenderSettleMode _sndSettleMode;
    private ReceiverSettleMode _rcvSettleMode;
    private object _source;
    private object _target;
    private Map _unsettled;
    private bool _incompleteUnsettled;
    private uint _initialDeliveryCount;
    private ulong _maxMessageSize;
    private Symbol[] _offeredCapabilities;
    private Symbol[] _desiredCapabilities;
    private Fields _properties;

    /// <summary>An attach with no field set.</summary>
    public Attach()
        : base(Descriptors.Attach, 14)
    {
    }

    /// <summary>The name of the link, one for both ends.</summary>
    public string LinkName
    {
        get => Get(0, _linkName);
        set => Set(0, ref _linkName, value);
    }

    /// <summary>The number that stands for the link in frames of this end.</summary>
    public uint Handle
    {
        get => Get(1, _handle);
        set => Set(1, ref _handle, value);
    }

    /// <summary>What this end is: false sends, true receives.</summary>
    public bool Role
    {
        get => Get(2, _role);
        set => Set(2, ref _role, value);
    }

    /// <summary>How the sending end settles. Defaults to mixed.</summary>
    public SenderSettleMode SndSettleMode
    {
        get => Get(3, _sndSettleMode, SenderSettleMode.Mixed);
        set => Set(3, ref _sndSettleMode, value);
    }

    /// <summary>When the receiving end settles. Defaults to first.</summary>
    public ReceiverSettleMode RcvSettleMode
    {
        get => Get(4, _rcvSettleMode);
        set => Set(4, ref _rcvSettleMode, value);
    }

    /// <summary>Where messages come from: a <see cref="Framing.Source"/>, or null from a peer that refuses.</summary>
    public object Source
    {
        get => Get(5, _source);
        set => Set(5, ref _source, value);
    }

    /// <summary>Where messages go: a <see cref="Framing.Target"/>, or null from a peer that refuses.</summary>
    public object Target
    {
        get => Get(6, _target);
        set => Set(6, ref _target, value);
    }

    /// <summary>Deliveries that an earlier attachment of the link left unsettled.</summary>
    public Map Unsettled
    {
        get => Get(7, _unsettled);
        set => Set(7, ref _unsettled, value);
    }

    /// <summary>Whether <see cref="Unsettled"/> was too long for the frame.</summary>
    public bool IncompleteUnsettled
    {
        get => Get(8, _incompleteUnsettled);
        set => Set(8, ref _incompleteUnsettled, value);
    }

    /// <summary>The count at which the sending end starts.</summary>
    public uint InitialDeliveryCount
    {
        get => Get(9, _initialDeliveryCount);
        set => Set(9, ref _initialDeliveryCount, value);
    }

    /// <summary>The largest message that this end can take, in bytes. Defaults to 0, no limit.</summary>
    public ulong MaxMessageSize
    {
        get => Get(10, _maxMessageSize);
        set => Set(10, ref _maxMessageSize, value);
    }

    /// <summary>What the sender of this frame supports.</summary>
    public Symbol[] OfferedCapabilities
    {
        get => Get(11, _offeredCapabilities);
        set => Set(11, ref _offeredCapabilities, value);
    }

    /// <summary>What the sender of this frame would use if its peer supports it.</summary>
    public Symbol[] DesiredCapabilities
    {
        get => Get(12, _desiredCapabilities);
        set => Set(12, ref _desiredCapabilities, value);
    }

    /// <summary>Further properties.</summary>
    public Fields Properties
    {
        get => Get(13, _properties);
        set => Set(13, ref _properties, value);
    }

    internal override void EncodeField(int index, ByteBuffer buffer)
    {
        switch (index)
        {
            case 0: buffer.WriteString(_linkName); break;
            case 1: buffer.WriteUInt(_handle); break;
            case 2: buffer.WriteBoolean(_role); break;
            case 3: buffer.WriteUByte((byte)_sndSettleMode); break;
            case 4: buffer.WriteUByte((byte)_rcvSettleMode); break;
            case 5: buffer.WriteObject(_source); break;
            case 6: buffer.WriteObject(_target); break;
            case 7: buffer.WriteMap(_unsettled, MapKeys.Any); break;
            case 8: buffer.WriteBoolean(_incompleteUnsettled); break;
            case 9: buffer.WriteUInt(_initialDeliveryCount); break;
            case 10: buffer.WriteULong(_maxMessageSize); break;
            case 11: buffer.WriteSymbols(_offeredCapabilities); break;
            case 12: buffer.WriteSymbols(_desiredCapabilities); break;
            case 13: buffer.WriteMap(_properties, MapKeys.Symbols); break;
        }
    }

    internal override void DecodeField(int index, ref AmqpReader reader)
    {
        switch (index)
        {
            case 0: LinkName = reader.ReadString(); break;
            case 1: Handle = reader.ReadUInt(); break;
            case 2: Role = reader.ReadBoolean(); break;
            case 3: SndSettleMode = (SenderSettleMode)reader.ReadUByte(); break;
            case 4: RcvSettleMode = (ReceiverSettleMode)reader.ReadUByte(); break;
            case 5: Source = reader.ReadObject(); break;
            case 6: Target = reader.ReadObject(); break;
            case 7: Unsettled = reader.ReadMap(); break;
            case 8: IncompleteUnsettled = reader.ReadBoolean(); break;
            case 9: InitialDeliveryCount = reader.ReadUInt(); break;
            case 10: MaxMessageSize = reader.ReadULong(); break;
            case 11: OfferedCapabilities = reader.ReadSymbols(); break;
            case 12: DesiredCapabilities = reader.ReadSymbols(); break;
            case 13: Properties = reader.ReadFields(); break;
        }
    }
}

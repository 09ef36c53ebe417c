using Amqp.Types;

namespace Amqp.Framing;

/// <summary>Begins a session (2.7.2).</summary>
public sealed class Begin : DescribedList
{
    private ushort _remoteChannel;
    private uint _nextOutgoingId;
    private uint _incomingWindow;
    private uint _outgoingWindow;
    private uint _handleMax;
    private Symbol[] _offeredCapabilities;
    private Symbol[] _desiredCapabilities;
    private Fields _properties;

    /// <summary>A begin with no field set.</summary>
    public Begin()
        : base(Descriptors.Begin, 8)
    {
    }

    /// <summary>In an answer: the channel of the session that the peer began.</summary>
    public ushort RemoteChannel
    {
        get => Get(0, _remoteChannel);
        set => Set(0, ref _remoteChannel, value);
    }

    /// <summary>The number of the first transfer that is sent.</summary>
    public uint NextOutgoingId
    {
        get => Get(1, _nextOutgoingId);
        set => Set(1, ref _nextOutgoingId, value);
    }

    /// <summary>How many transfer frames the sender of this frame can take.</summary>
    public uint IncomingWindow
    {
        get => Get(2, _incomingWindow);
        set => Set(2, ref _incomingWindow, value);
    }

    /// <summary>How many transfer frames the sender of this frame may send.</summary>
    public uint OutgoingWindow
    {
        get => Get(3, _outgoingWindow);
        set => Set(3, ref _outgoingWindow, value);
    }

    /// <summary>The highest link handle that may be used. Defaults to no limit.</summary>
    public uint HandleMax
    {
        get => Get(4, _handleMax, uint.MaxValue);
        set => Set(4, ref _handleMax, value);
    }

    /// <summary>What the sender of this frame supports.</summary>
    public Symbol[] OfferedCapabilities
    {
        get => Get(5, _offeredCapabilities);
        set => Set(5, ref _offeredCapabilities, value);
    }

    /// <summary>What the sender of this frame would use if its peer supports it.</summary>
    public Symbol[] DesiredCapabilities
    {
        get => Get(6, _desiredCapabilities);
        set => Set(6, ref _desiredCapabilities, value);
    }

    /// <summary>Further properties.</summary>
    public Fields Properties
    {
        get => Get(7, _properties);
        set => Set(7, ref _properties, value);
    }

    internal override void EncodeField(int index, ByteBuffer buffer)
    {
        switch (index)
        {
            case 0: buffer.WriteUShort(_remoteChannel); break;
            case 1: buffer.WriteUInt(_nextOutgoingId); break;
            case 2: buffer.WriteUInt(_incomingWindow); break;
            case 3: buffer.WriteUInt(_outgoingWindow); break;
            case 4: buffer.WriteUInt(_handleMax); break;
            case 5: buffer.WriteSymbols(_offeredCapabilities); break;
            case 6: buffer.WriteSymbols(_desiredCapabilities); break;
            case 7: buffer.WriteMap(_properties, MapKeys.Symbols); break;
        }
    }

    internal override void DecodeField(int index, ref AmqpReader reader)
    {
        switch (index)
        {
            case 0: RemoteChannel = reader.ReadUShort(); break;
            case 1: NextOutgoingId = reader.ReadUInt(); break;
            case 2: IncomingWindow = reader.ReadUInt(); break;
            case 3: OutgoingWindow = reader.ReadUInt(); break;
            case 4: HandleMax = reader.ReadUInt(); break;
            case 5: OfferedCapabilities = reader.ReadSymbols(); break;
            case 6: DesiredCapabilities = reader.ReadSymbols(); break;
            case 7: Properties = reader.ReadFields(); break;
        }
    }
}

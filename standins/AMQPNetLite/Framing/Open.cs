using Amqp.Types;

namespace Amqp.Framing;

/// <summary>Opens a connection (2.7.1).</summary>
public sealed class Open : DescribedList
{
    private string _containerId;
    private string _hostName;
    private uint _maxFrameSize;
    private ushort _channelMax;
    private uint _idleTimeOut;
    private Symbol[] _outgoingLocales;
    private Symbol[] _incomingLocales;
    private Symbol[] _offeredCapabilities;
    private Symbol[] _desiredCapabilities;
    private Fields _properties;

    /// <summary>An open with no field set.</summary>
    public Open()
        : base(Descriptors.Open, 10)
    {
    }

    /// <summary>The name of the application that opens the connection.</summary>
    public string ContainerId
    {
        get => Get(0, _containerId);
        set => Set(0, ref _containerId, value);
    }

    /// <summary>The host that the client wants to reach.</summary>
    public string HostName
    {
        get => Get(1, _hostName);
        set => Set(1, ref _hostName, value);
    }

    /// <summary>The largest frame that the sender of this frame can take, in bytes. Defaults to no limit.</summary>
    public uint MaxFrameSize
    {
        get => Get(2, _maxFrameSize, uint.MaxValue);
        set => Set(2, ref _maxFrameSize, value);
    }

    /// <summary>The highest channel number that may be used. Defaults to 65,535.</summary>
    public ushort ChannelMax
    {
        get => Get(3, _channelMax, ushort.MaxValue);
        set => Set(3, ref _channelMax, value);
    }

    /// <summary>How long the sender of this frame waits for a sign of life, in milliseconds. Defaults to 0, for ever.</summary>
    public uint IdleTimeOut
    {
        get => Get(4, _idleTimeOut);
        set => Set(4, ref _idleTimeOut, value);
    }

    /// <summary>The languages of the texts that are sent.</summary>
    public Symbol[] OutgoingLocales
    {
        get => Get(5, _outgoingLocales);
        set => Set(5, ref _outgoingLocales, value);
    }

    /// <summary>The languages that texts should be in.</summary>
    public Symbol[] IncomingLocales
    {
        get => Get(6, _incomingLocales);
        set => Set(6, ref _incomingLocales, value);
    }

    /// <summary>What the sender of this frame supports.</summary>
    public Symbol[] OfferedCapabilities
    {
        get => Get(7, _offeredCapabilities);
        set => Set(7, ref _offeredCapabilities, value);
    }

    /// <summary>What the sender of this frame would use if its peer supports it.</summary>
    public Symbol[] DesiredCapabilities
    {
        get => Get(8, _desiredCapabilities);
        set => Set(8, ref _desiredCapabilities, value);
    }

    /// <summary>Further properties.</summary>
    public Fields Properties
    {
        get => Get(9, _properties);
        set => Set(9, ref _properties, value);
    }

    internal override void EncodeField(int index, ByteBuffer buffer)
    {
        switch (index)
        {
            case 0: buffer.WriteString(_containerId); break;
            case 1: buffer.WriteString(_hostName); break;
            case 2: buffer.WriteUInt(_maxFrameSize); break;
            case 3: buffer.WriteUShort(_channelMax); break;
            case 4: buffer.WriteUInt(_idleTimeOut); break;
            case 5: buffer.WriteSymbols(_outgoingLocales); break;
            case 6: buffer.WriteSymbols(_incomingLocales); break;
            case 7: buffer.WriteSymbols(_offeredCapabilities); break;
            case 8: buffer.WriteSymbols(_desiredCapabilities); break;
            case 9: buffer.WriteMap(_properties, MapKeys.Symbols); break;
        }
    }

    internal override void DecodeField(int index, ref AmqpReader reader)
    {
        switch (index)
        {
            case 0: ContainerId = reader.ReadString(); break;
            case 1: HostName = reader.ReadString(); break;
            case 2: MaxFrameSize = reader.ReadUInt(); break;
            case 3: ChannelMax = reader.ReadUShort(); break;
            case 4: IdleTimeOut = reader.ReadUInt(); break;
            case 5: OutgoingLocales = reader.ReadSymbols(); break;
            case 6: IncomingLocales = reader.ReadSymbols(); break;
            case 7: OfferedCapabilities = reader.ReadSymbols(); break;
            case 8: DesiredCapabilities = reader.ReadSymbols(); break;
            case 9: Properties = reader.ReadFields(); break;
        }
    }
}

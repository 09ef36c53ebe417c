using Amqp.Types;

namespace Amqp.Framing;

/// <summary>The properties of a message that the specification names (3.2.4).</summary>
public sealed class Properties : DescribedList
{
    private object _messageId;
    private byte[] _userId;
    private string _to;
    private string _subject;
    private string _replyTo;
    private object _correlationId;
    private Symbol _contentType;
    private Symbol _contentEncoding;
    private DateTime _absoluteExpiryTime;
    private DateTime _creationTime;
    private string _groupId;
    private uint _groupSequence;
    private string _replyToGroupId;

    /// <summary>A properties with no field set.</summary>
    public Properties()
        : base(Descriptors.Properties, 13)
    {
    }

    /// <summary>The name of the message. Another system's may be no string: see <see cref="GetMessageId"/>.</summary>
    /// <exception cref="InvalidCastException">The message has an id of another type.</exception>
    public string MessageId
    {
        get => (string)Get(0, _messageId);
        set => SetMessageId(value);
    }

    /// <summary>Who produced the message.</summary>
    public byte[] UserId
    {
        get => Get(1, _userId);
        set => Set(1, ref _userId, value);
    }

    /// <summary>The node that the message is meant for.</summary>
    public string To
    {
        get => Get(2, _to);
        set => Set(2, ref _to, value);
    }

    /// <summary>What the message is about: here, the type of the event.</summary>
    public string Subject
    {
        get => Get(3, _subject);
        set => Set(3, ref _subject, value);
    }

    /// <summary>Where answers go.</summary>
    public string ReplyTo
    {
        get => Get(4, _replyTo);
        set => Set(4, ref _replyTo, value);
    }

    /// <summary>The name of what the message belongs to. Another system's may be no string: see <see cref="GetCorrelationId"/>.</summary>
    /// <exception cref="InvalidCastException">The message has a correlation id of another type.</exception>
    public string CorrelationId
    {
        get => (string)Get(5, _correlationId);
        set => SetCorrelationId(value);
    }

    /// <summary>The media type of the body.</summary>
    public Symbol ContentType
    {
        get => Get(6, _contentType);
        set => Set(6, ref _contentType, value);
    }

    /// <summary>The encoding of the body.</summary>
    public Symbol ContentEncoding
    {
        get => Get(7, _contentEncoding);
        set => Set(7, ref _contentEncoding, value);
    }

    /// <summary>When the message expires, in UTC.</summary>
    public DateTime AbsoluteExpiryTime
    {
        get => Get(8, _absoluteExpiryTime);
        set => Set(8, ref _absoluteExpiryTime, value);
    }

    /// <summary>When the message was made, in UTC.</summary>
    public DateTime CreationTime
    {
        get => Get(9, _creationTime);
        set => Set(9, ref _creationTime, value);
    }

    /// <summary>The group that the message belongs to; a broker gives a group to one receiver at a time.</summary>
    public string GroupId
    {
        get => Get(10, _groupId);
        set => Set(10, ref _groupId, value);
    }

    /// <summary>The place of the message in its group.</summary>
    public uint GroupSequence
    {
        get => Get(11, _groupSequence);
        set => Set(11, ref _groupSequence, value);
    }

    /// <summary>The group that answers belong to.</summary>
    public string ReplyToGroupId
    {
        get => Get(12, _replyToGroupId);
        set => Set(12, ref _replyToGroupId, value);
    }

    /// <summary>
    /// The message id: a string, <see cref="ulong"/>, <see cref="Guid"/> or byte[] (3.2.11 to 3.2.14); null if there is none.
    /// </summary>
    public object GetMessageId() => Get(0, _messageId);

    /// <summary>Sets the message id.</summary>
    /// <exception cref="ArgumentException"><paramref name="id"/> is of a type that an id cannot have.</exception>
    public void SetMessageId(object id) => Set(0, ref _messageId, CheckId(id));

    /// <summary>The correlation id, of the same types as a message id; null if there is none.</summary>
    public object GetCorrelationId() => Get(5, _correlationId);

    /// <summary>Sets the correlation id.</summary>
    /// <exception cref="ArgumentException"><paramref name="id"/> is of a type that an id cannot have.</exception>
    public void SetCorrelationId(object id) => Set(5, ref _correlationId, CheckId(id));

    internal override void EncodeField(int index, ByteBuffer buffer)
    {
        switch (index)
        {
            case 0: buffer.WriteObject(_messageId); break;
            case 1: buffer.WriteBinary(_userId); break;
            case 2: buffer.WriteString(_to); break;
            case 3: buffer.WriteString(_subject); break;
            case 4: buffer.WriteString(_replyTo); break;
            case 5: buffer.WriteObject(_correlationId); break;
            case 6: buffer.WriteSymbol(_contentType); break;
            case 7: buffer.WriteSymbol(_contentEncoding); break;
            case 8: buffer.WriteTimestamp(_absoluteExpiryTime); break;
            case 9: buffer.WriteTimestamp(_creationTime); break;
            case 10: buffer.WriteString(_groupId); break;
            case 11: buffer.WriteUInt(_groupSequence); break;
            case 12: buffer.WriteString(_replyToGroupId); break;
        }
    }

    internal override void DecodeField(int index, ref AmqpReader reader)
    {
        switch (index)
        {
            case 0: SetMessageId(ReadId(ref reader)); break;
            case 1: UserId = reader.ReadBinary(); break;
            case 2: To = reader.ReadString(); break;
            case 3: Subject = reader.ReadString(); break;
            case 4: ReplyTo = reader.ReadString(); break;
            case 5: SetCorrelationId(ReadId(ref reader)); break;
            case 6: ContentType = reader.ReadSymbol(); break;
            case 7: ContentEncoding = reader.ReadSymbol(); break;
            case 8: AbsoluteExpiryTime = reader.ReadTimestamp(); break;
            case 9: CreationTime = reader.ReadTimestamp(); break;
            case 10: GroupId = reader.ReadString(); break;
            case 11: GroupSequence = reader.ReadUInt(); break;
            case 12: ReplyToGroupId = reader.ReadString(); break;
        }
    }

    private static bool IsId(object id) => id is null or string or ulong or Guid or byte[];

    private static object CheckId(object id) =>
        IsId(id) ? id : throw new ArgumentException($"An id is a string, ulong, Guid or byte[], not a {id.GetType().Name}.", nameof(id));

    private static object ReadId(ref AmqpReader reader) =>
        reader.ReadObject() is var id && IsId(id) ? id : throw AmqpReader.Malformed($"An id is a {id.GetType().Name}.");
}

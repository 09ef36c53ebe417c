using System.Text.Json;
using Amqp;
using Amqp.Framing;
using Messaging.Inbox;
using Messaging.Inbox.Consuming;
using Messaging.Inbox.DeadLetters;

namespace Messaging.Tests.Inbox;

/// <summary>Messages that no well-behaved client sends. Each is read without an exception, and can be stored as a dead letter.</summary>
public sealed class IncomingMessageTests
{
    private const byte SmallULong = 0x53;
    private const byte SmallUInt = 0x52;

    /// <summary>A broker passes them on, and the client throws when they are asked for (specification 3.2.11 to 3.2.14).</summary>
    [Fact]
    public void Ids_of_a_type_that_is_not_allowed_are_no_obstacle()
    {
        using var spans = new RecordedSpans(InboxExtensions.TelemetryName);
        var sent = Messages.Of("Any", "{}"u8.ToArray());
        sent.Properties.SetMessageId(7ul);
        sent.Properties.SetCorrelationId(7ul);
        var encoded = sent.Encode();
        for (var at = encoded.Offset; at < encoded.Offset + encoded.Length - 1; at++)
        {
            encoded.Buffer[at] = (encoded.Buffer[at], encoded.Buffer[at + 1]) == (SmallULong, 7) ? SmallUInt : encoded.Buffer[at];
        }

        var message = Messages.Read(Message.Decode(encoded));
        Assert.Throws<AmqpException>(message.Delivery.Properties.GetMessageId);
        Assert.Equal("The message-id is missing or is no UUID.", message.Failure);
        InboxTelemetry.EndProcess(InboxTelemetry.StartProcess([message], "queue"), [message]);
        Assert.Null(DeadLetter.Of(message).MessageId);
    }

    [Fact]
    public void A_property_that_the_client_cannot_encode_again_is_left_out_and_the_rest_is_kept()
    {
        var message = Messages.Of("Any", "{}"u8.ToArray());
        message.Properties.ContentType = "text/xml";
        message.ApplicationProperties = new ApplicationProperties { ["empty"] = Array.Empty<int>(), ["kept"] = "value" };
        var decoded = DeadLetter.Of(Messages.Read(message)).Decode();
        Assert.Equal("value", decoded.ApplicationProperties["kept"]);
        Assert.Equal(message.Properties.MessageId, decoded.Properties.MessageId);
        Assert.Equal("{}"u8.ToArray(), IncomingBody.Read(decoded.BodySection));
    }

    /// <summary>A list that says it has two billion items. The client reads the size alone, until somebody asks for the value.</summary>
    [Fact]
    public void A_body_that_cannot_be_decoded_is_kept()
    {
        byte[] encoded = [0x00, 0x53, 0x77, 0xD0, 0, 0, 0, 4, 0x7F, 0xFF, 0xFF, 0xFF];
        var message = Message.Decode(new ByteBuffer(encoded, 0, encoded.Length, encoded.Length));
        var letter = DeadLetter.Of(Messages.Read(message));
        Assert.Equal(encoded, letter.Message);
        Assert.NotEmpty(JsonElement.Parse(letter.Preview).GetProperty("body").GetString()!);
    }
}

namespace SenderService.Outbox.WakeUp;

/// <summary>The channel of NOTIFY over which instances tell each other of commits; what they say is a <see cref="PartitionSet"/>.</summary>
internal static class OutboxChannel
{
    public const string Name = "outbox_messages";
}

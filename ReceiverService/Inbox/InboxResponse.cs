namespace ReceiverService.Inbox;

/// <summary>The inbox at a glance.</summary>
public sealed record InboxResponse(int Recorded, int DeadLetters);

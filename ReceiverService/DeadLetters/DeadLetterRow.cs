namespace ReceiverService.DeadLetters;

/// <summary>A dead letter as it is read for operators: with as much of its body as is shown.</summary>
internal sealed record DeadLetterRow(
    long Id, string? MessageId, string? Type, string Reason, DateTimeOffset ReceivedAt, int Replays, string Properties, int BodyLength, byte[] Body);

namespace SenderService.Outbox;

internal enum DispatchResult
{
    /// <summary>There was nothing to publish.</summary>
    Idle,

    /// <summary>A batch was answered; there may be more.</summary>
    Published,

    /// <summary>The broker is gone, or does not take messages at present. Nothing was counted as an attempt.</summary>
    LinkLost,
}

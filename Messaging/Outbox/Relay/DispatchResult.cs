namespace Messaging.Outbox.Relay;

/// <summary>How the relay goes on after a step.</summary>
internal enum DispatchResult
{
    /// <summary>There may be more to read: continue at once.</summary>
    MoreToDo,

    /// <summary>Everything that can be published is in flight: wait for answers, for new messages or for the next heartbeat.</summary>
    Waiting,

    /// <summary>The broker does not take messages now: start over after a pause. No message is to blame.</summary>
    Outage,
}

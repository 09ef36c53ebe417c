namespace SenderService.Outbox.Relay;

/// <summary>How the relay goes on after a step.</summary>
internal enum DispatchResult
{
    /// <summary>There may be more to read: at once.</summary>
    MoreToDo,

    /// <summary>Everything that can be published is on its way: wait for answers, news or the next heartbeat.</summary>
    Waiting,

    /// <summary>The broker does not take messages now: begin anew after a pause. No message is to blame.</summary>
    Outage,
}

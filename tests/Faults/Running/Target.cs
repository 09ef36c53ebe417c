namespace Faults.Running;

/// <summary>A process that faults hit: a service, the broker or a database server.</summary>
internal abstract class Target(string name)
{
    public string Name { get; } = name;

    /// <summary>Starts it. Does not wait until it is ready.</summary>
    public abstract Task StartAsync();

    /// <summary>Sends SIGKILL, and waits until it has ended.</summary>
    public abstract Task KillAsync();

    /// <summary>Sends SIGTERM, and waits until it has ended.</summary>
    public abstract Task StopAsync();

    /// <summary>Sends SIGSTOP: it keeps its connections and does nothing.</summary>
    public abstract Task PauseAsync();

    /// <summary>Sends SIGCONT.</summary>
    public abstract Task ResumeAsync();

    /// <summary>Everything that it has written so far.</summary>
    public abstract string Log { get; }

    public override string ToString() => Name;
}

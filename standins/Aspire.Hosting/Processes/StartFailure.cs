namespace Aspire.Hosting.Processes;

/// <summary>Something that the user can put right keeps a resource from starting. The message is one sentence that says what to
/// do.</summary>
internal sealed class StartFailureException : DistributedApplicationException
{
    public StartFailureException(string message)
        : base(message)
    {
    }

    public StartFailureException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Why the application as a whole could not start; the first reason counts.</summary>
internal sealed class StartupFailure
{
    private string? _message;

    public string? Message => Volatile.Read(ref _message);

    /// <summary>Whether the application ends if a resource cannot start for a reason that only the user can put right; not so under
    /// test.</summary>
    public bool EndsApplication { get; set; }

    public void Report(string message) => Interlocked.CompareExchange(ref _message, message, null);
}

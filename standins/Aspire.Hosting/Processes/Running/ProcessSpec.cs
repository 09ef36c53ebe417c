namespace Aspire.Hosting.Processes.Running;

/// <summary>A process to start.</summary>
internal sealed record ProcessSpec
{
    /// <summary>The full path of the program.</summary>
    public required string FileName { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public required string WorkingDirectory { get; init; }

    /// <summary>The whole environment: nothing is inherited.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The signal that asks the process to end.</summary>
    public int StopSignal { get; init; } = Native.SigTerm;

    /// <summary>What the process reads from standard input; null is nothing.</summary>
    public string? Input { get; init; }

    /// <summary>Put before the program, such as what changes the user.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];
}

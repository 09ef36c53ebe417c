namespace Faults.Strikes;

/// <summary>One fault, or two at once.</summary>
/// <param name="Faults">The faults.</param>
/// <param name="Began">When it began.</param>
internal sealed record Strike(IReadOnlyList<Fault> Faults, DateTimeOffset Began)
{
    /// <summary>How long everything took to recover after the repair. Null if it did not.</summary>
    public TimeSpan? Recovery { get; init; }

    /// <summary>When everything had recovered.</summary>
    public DateTimeOffset Ended { get; init; }

    public string Kind => string.Join(" + ", Faults.Select(fault => fault.Kind));

    public override string ToString() => string.Join(" + ", Faults);
}

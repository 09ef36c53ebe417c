using System.Globalization;

namespace Faults.Strikes;

/// <summary>Something that breaks for a while.</summary>
/// <param name="Target">Whom it hits.</param>
/// <param name="Length">How long it lasts.</param>
/// <param name="Break">Breaks it.</param>
/// <param name="Repair">Makes it whole again, as far as somebody outside does that: a process is started again, a wire works again.</param>
internal sealed record Fault(string Target, TimeSpan Length, Func<Task> Break, Func<Task> Repair)
{
    /// <summary>What happens: a name from <see cref="FaultKinds"/>.</summary>
    public string Kind { get; init; } = "";

    public async Task RunAsync()
    {
        await Break();
        await Task.Delay(Length);
        await Repair();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} {Target} {Length.TotalSeconds:0.0} s");
}

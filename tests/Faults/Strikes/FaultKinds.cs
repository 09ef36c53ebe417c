using Faults.Running;

namespace Faults.Strikes;

/// <summary>The kinds of faults, by name. Each draws its target, and how long it lasts.</summary>
internal static class FaultKinds
{
    public const string Blackout = "blackout";
    public const string ReadOnly = "read-only";
    public const string TerminateBackends = "pg_terminate_backend";
    public const string DiskFull = "disk full";

    public static OrderedDictionary<string, Func<DemoSystem, Dice, Fault>> All { get; } = new()
    {
        ["SIGKILL"] = ProcessFaults.Kill,
        ["SIGKILL at a commit"] = GatedKills.AtCommit,
        ["SIGKILL at a publish"] = GatedKills.AtPublish,
        ["SIGTERM"] = ProcessFaults.Terminate,
        ["SIGSTOP"] = ProcessFaults.Pause,
        ["crash loop"] = ProcessFaults.CrashLoop,
        ["immediate stop"] = DatabaseFaults.ImmediateStop,
        [TerminateBackends] = DatabaseFaults.TerminateBackends,
        [ReadOnly] = DatabaseFaults.ReadOnly,
        [DiskFull] = DatabaseFaults.DiskFull,
        ["cut"] = WireFaults.Cut,
        ["stall"] = WireFaults.Stall,
        ["hold"] = WireFaults.Hold,
        ["forget"] = WireFaults.Forget,
        [Blackout] = ProcessFaults.Blackout,
    };

    /// <summary>The kinds that can be drawn here. Not everybody may mount a disk.</summary>
    /// <param name="only">The names that the user wants. Empty: all.</param>
    public static IEnumerable<string> Possible(IReadOnlyList<string> only) =>
        (only.Count > 0 ? only : All.Keys).Where(kind => kind != DiskFull || SmallDisk.CanMount);
}

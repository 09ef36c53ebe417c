namespace StandIns.Tests;

/// <summary>Tests wait for signals, and fail when one does not come; the deadline is generous because machines are slow.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Default = TimeSpan.FromMinutes(1);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Default);

    public static Task InTime(this Task task) => task.WaitAsync(Default);
}

using System.Runtime.InteropServices;

namespace Aspire.Hosting.Processes.Running;

/// <summary>The few system calls that .NET has no name for.</summary>
internal static partial class Native
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    public static bool IsRoot => !OperatingSystem.IsWindows() && Geteuid() == 0;

    public static int ParentId => Getppid();

    /// <summary>Sends a signal; a negative id means a process group. One that has ended already is no error.</summary>
    public static void Signal(int processId, int signal) => _ = Kill(processId, signal);

    public static void ChangeOwner(string path, int userId, int groupId)
    {
        if (Chown(path, userId, groupId) != 0)
        {
            throw new IOException($"chown {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int Getppid();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial int Geteuid();

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chown(string path, int userId, int groupId);
}

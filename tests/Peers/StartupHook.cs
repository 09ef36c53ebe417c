using System.Globalization;
using System.Runtime.InteropServices;

/// <summary>
/// Tells the benchmarks how many bytes a service has allocated: at each SIGUSR1 the service writes the number to its standard output. .NET
/// runs this in a service that is started with DOTNET_STARTUP_HOOKS. It looks for this name, outside any namespace.
/// </summary>
#pragma warning disable CA1050 // Declare types in namespaces
internal static class StartupHook
#pragma warning restore CA1050
{
    private const PosixSignal UserSignal1 = (PosixSignal)10;
    private static PosixSignalRegistration? _registration;

    public static void Initialize() => _registration = PosixSignalRegistration.Create(UserSignal1, context =>
    {
        context.Cancel = true;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"allocated bytes: {GC.GetTotalAllocatedBytes()}"));
    });
}

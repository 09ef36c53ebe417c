using System.Runtime.InteropServices;
using Faults;
using Faults.Mutants;

using var interrupt = new CancellationTokenSource();
using var ctrlC = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
if (args is ["--mutants", .. var names])
{
    return await MutantRun.RunAsync(names, interrupt.Token) ? 0 : 1;
}

try
{
    return await Suite.RunAsync(RunSettings.Parse(args), interrupt.Token) is [] ? 0 : 1;
}
catch (FormatException exception)
{
    Console.Error.WriteLine($"""
        {exception.Message}
        --minutes, --seed, --senders, --receivers, --clients   each with a number
        --ahead     the clock of one replica is so many hours ahead
        --only      some kinds of faults, with commas between them
        --mutants   break the code on purpose, and see what finds it: all mutants, or those that are named
        """);
    return 2;
}

void End(PosixSignalContext context)
{
    context.Cancel = true;
    interrupt.Cancel();
}

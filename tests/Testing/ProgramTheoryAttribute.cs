using Xunit;

namespace Testing;

/// <summary>A test that needs a program. It is skipped if the program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProgramTheoryAttribute : TheoryAttribute
{
    /// <param name="program">Its name, which is that of the Debian package too.</param>
    public ProgramTheoryAttribute(string program) =>
        Skip = Programs.Find(program) is null ? $"There is no {program}: install Debian's {program}." : null;
}

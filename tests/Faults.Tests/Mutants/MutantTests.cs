using Faults.Mutants;

namespace Faults.Tests.Mutants;

/// <summary>A patch that fits no more would break nothing, and nobody would notice.</summary>
public sealed class MutantTests
{
    public static TheoryData<string> Names => [.. Mutant.All.Select(mutant => mutant.Name)];

    [ProgramTheory("git")]
    [MemberData(nameof(Names))]
    public async Task A_mutant_fits_the_code(string name) =>
        Assert.Null(await Mutant.All.Single(mutant => mutant.Name == name).ApplyAsync(Solution.PathOf("."), onlyChecks: true));
}

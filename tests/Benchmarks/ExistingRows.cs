using System.Globalization;

namespace Benchmarks;

/// <summary>How many old rows are in a table before it is measured.</summary>
internal static class ExistingRows
{
    private static readonly int[] Usual = [10_000];
    private static readonly int[] Large = [10_000, 1_000_000, 5_000_000];

    /// <summary>The numbers to measure with. The larger ones only with <c>--large</c>.</summary>
    public static int[] Counts => Settings.Large ? Large : Usual;

    public static string NameOf(int count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}

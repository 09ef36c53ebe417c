namespace Benchmarks;

/// <summary>The one table at the end of a run, ready for docs/performance.md.</summary>
internal static class Table
{
    private static readonly List<string[]> Rows = [["what", "measured", "floor or peer", "ratio", "asked"]];

    private static readonly List<string> Failed = [];

    /// <summary>The figures that are far from what is asked.</summary>
    public static IReadOnlyList<string> Failures => Failed;

    /// <summary>Adds a line, and prints it at once.</summary>
    /// <param name="what">What was measured, with its unit.</param>
    /// <param name="measured">The figure with its spread.</param>
    /// <param name="other">The same of the floor or the peer.</param>
    /// <param name="ratio">The first divided by the second.</param>
    /// <param name="asked">What the figure, or the ratio, should be.</param>
    public static void Add(string what, string measured, string other = "", string ratio = "", string asked = "")
    {
        Rows.Add([what, measured, other, ratio, asked]);
        Console.WriteLine($"{what,-48} {measured}{Named("beside", other)}{Named("ratio", ratio)}{Named("asked", asked)}");

        static string Named(string name, string value) => value.Length == 0 ? "" : $"; {name} {value}";
    }

    /// <summary>Notes a figure that is far from what is asked.</summary>
    /// <param name="sentence">What it is, and what is asked.</param>
    public static void Fail(string sentence) => Failed.Add(sentence);

    /// <summary>Prints all lines.</summary>
    public static void Print()
    {
        var widths = Enumerable.Range(0, Rows[0].Length).Select(column => Rows.Max(row => row[column].Length)).ToArray();
        Console.WriteLine();
        Write(Rows[0]);
        Write([.. widths.Select(width => new string('-', width))]);
        Rows.Skip(1).ToList().ForEach(Write);

        void Write(string[] row) => Console.WriteLine($"| {string.Join(" | ", row.Zip(widths, (cell, width) => cell.PadRight(width)))} |");
    }
}

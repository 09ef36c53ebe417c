using System.Globalization;

namespace Benchmarks;

/// <summary>What several rounds of one measurement gave: a single figure on a shared machine says little.</summary>
/// <param name="values">One per round, in any order and unit; at least one.</param>
internal sealed class Spread(params IEnumerable<double> values)
{
    private readonly double[] _sorted = [.. values.Order()];

    public double Median => Percentile(0.5);

    public double Lowest => _sorted[0];

    public double Highest => _sorted[^1];

    /// <summary>The nearest rank: the smallest value that at least this share (0 to 1) of the values do not exceed.</summary>
    public double Percentile(double share) => _sorted[Math.Clamp((int)Math.Ceiling(share * _sorted.Length) - 1, 0, _sorted.Length - 1)];

    /// <summary>Median, then lowest and highest.</summary>
    public string ToString(string format) => string.Format(
        CultureInfo.InvariantCulture, $"{{0:{format}}} ({{1:{format}}} .. {{2:{format}}})", Median, Lowest, Highest);
}

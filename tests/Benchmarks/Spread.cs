using System.Globalization;

namespace Benchmarks;

/// <summary>The results of several rounds of one measurement. A single figure from a shared machine says little.</summary>
/// <param name="values">One value per round, in any order and unit. At least one.</param>
internal sealed class Spread(params IEnumerable<double> values)
{
    private readonly double[] _sorted = [.. values.Order()];

    public double Median => Percentile(0.5);

    public double Lowest => _sorted[0];

    public double Highest => _sorted[^1];

    /// <summary>
    /// The nearest rank: the smallest value such that at least this share (0 to 1) of the values are equal to it or lower.
    /// </summary>
    public double Percentile(double share) => _sorted[Math.Clamp((int)Math.Ceiling(share * _sorted.Length) - 1, 0, _sorted.Length - 1)];

    /// <summary>Median, lowest and highest value.</summary>
    public string ToString(string format) => string.Format(
        CultureInfo.InvariantCulture, $"{{0:{format}}} ({{1:{format}}} .. {{2:{format}}})", Median, Lowest, Highest);

    /// <summary>What matters of latencies, in milliseconds.</summary>
    public string ToPercentiles() => string.Create(
        CultureInfo.InvariantCulture, $"p50 {Median:0.0}, p99 {Percentile(0.99):0.0}, max {Highest:0.0}");
}

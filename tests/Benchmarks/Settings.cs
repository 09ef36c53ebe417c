using System.Globalization;

namespace Benchmarks;

/// <summary>The switches of the command line.</summary>
internal static class Settings
{
    /// <summary><c>--rounds</c>: rounds that count. Default 16. Benchmarks with long rounds run fewer.</summary>
    public static int Rounds { get; private set; } = 16;

    /// <summary><c>--messages</c>: messages of one round, where a benchmark has a backlog. Each has a default of its own.</summary>
    public static int? Messages { get; private set; }

    /// <summary><c>--large</c>: also measure with a million rows and more. This takes long and needs disk space.</summary>
    public static bool Large { get; private set; }

    /// <summary><c>--only</c>: the peers whose name begins with this, beside our services. Default: all peers.</summary>
    public static string Only { get; private set; } = "";

    /// <summary>Rounds that do not count. In them, the programs and the broker are still compiled while they run.</summary>
    public static int WarmUpRounds => (Rounds + 2) / 3;

    /// <summary>Rounds of a benchmark whose rounds are long.</summary>
    public static int LongRounds => (Rounds + 3) / 4;

    /// <summary>Reads the switches.</summary>
    /// <returns>The other arguments.</returns>
    /// <exception cref="FormatException">A switch cannot be used. The message says how to use it.</exception>
    public static List<string> Read(string[] arguments)
    {
        var others = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--rounds":
                    Rounds = Number(arguments, ++i);
                    break;
                case "--messages":
                    Messages = Number(arguments, ++i);
                    break;
                case "--only" when i + 1 < arguments.Length:
                    Only = arguments[++i];
                    break;
                case "--large":
                    Large = true;
                    break;
                default:
                    others.Add(arguments[i]);
                    break;
            }
        }

        return others;
    }

    private static int Number(string[] arguments, int index) =>
        index < arguments.Length && int.TryParse(arguments[index], CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{arguments[index - 1]} takes a number of 1 or more.");
}

using System.Globalization;
using Faults.Running;
using Faults.Strikes;

namespace Faults;

/// <summary>What the command line says about a run.</summary>
/// <param name="Minutes">How long there are faults.</param>
/// <param name="Seed">Decides the faults, their targets and their lengths.</param>
/// <param name="Senders">Number of senders.</param>
/// <param name="Receivers">Number of receivers.</param>
/// <param name="Clients">Number of clients.</param>
/// <param name="Ahead">By how many hours the clock of one replica is ahead. It needs libfaketime, which doubles the work of it.</param>
/// <param name="Only">The kinds of faults. Empty: all.</param>
/// <param name="Services">The folder of other builds of the services. Null: those that were built together with this program.</param>
internal sealed record RunSettings(
    double Minutes, int Seed, int Senders, int Receivers, int Clients, int Ahead, IReadOnlyList<string> Only, string? Services = null)
{
    /// <summary>Reads <c>--minutes 30 --seed 7 --senders 2 --only SIGKILL,blackout</c> and so on, in any order.</summary>
    /// <exception cref="FormatException">Something else is there.</exception>
    public static RunSettings Parse(string[] args)
    {
        var seed = Random.Shared.Next(1, 100_000);
        var settings = new RunSettings(Minutes: 2, seed, Senders: 2, Receivers: 2, Clients: 6, Ahead: 0, Only: []);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = args.ElementAtOrDefault(i + 1) ?? "";
            settings = args[i] switch
            {
                "--minutes" => settings with { Minutes = double.Parse(value, CultureInfo.InvariantCulture) },
                "--seed" => settings with { Seed = NumberOf(value) },
                "--senders" => settings with { Senders = NumberOf(value) },
                "--receivers" => settings with { Receivers = NumberOf(value) },
                "--clients" => settings with { Clients = NumberOf(value) },
                "--ahead" when !FastClock.IsInstalled => throw new FormatException(FastClock.Missing),
                "--ahead" => settings with { Ahead = NumberOf(value) },
                "--only" => settings with { Only = KindsOf(value) },
                _ => throw new FormatException($"There is no option {args[i]}."),
            };
        }

        return settings;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"--minutes {Minutes} --seed {Seed} --senders {Senders} --receivers {Receivers} --clients {Clients}")
        + (Ahead == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" --ahead {Ahead}"))
        + (Only.Count == 0 ? "" : $" --only \"{string.Join(',', Only)}\"");

    private static int NumberOf(string value) => int.Parse(value, CultureInfo.InvariantCulture);

    private static string[] KindsOf(string value)
    {
        var kinds = value.Split(',');
        return Array.Find(kinds, kind => !FaultKinds.All.ContainsKey(kind)) is { } unknown
            ? throw new FormatException($"There is no fault '{unknown}'. There are: {string.Join(", ", FaultKinds.All.Keys)}.")
            : kinds;
    }
}

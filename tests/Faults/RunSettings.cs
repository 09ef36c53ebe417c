using System.Globalization;

namespace Faults;

/// <summary>What the command line says about a run.</summary>
internal sealed record RunSettings(double Minutes, int Seed, int Senders, int Receivers, int Clients)
{
    /// <summary>Reads <c>--minutes 30 --seed 7 --senders 2 --receivers 2 --clients 6</c>, in any order.</summary>
    /// <exception cref="FormatException">Something else is there.</exception>
    public static RunSettings Parse(string[] args)
    {
        var settings = new RunSettings(Minutes: 2, Seed: Random.Shared.Next(1, 100_000), Senders: 2, Receivers: 2, Clients: 6);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = double.Parse(args.ElementAtOrDefault(i + 1) ?? "", CultureInfo.InvariantCulture);
            settings = args[i] switch
            {
                "--minutes" => settings with { Minutes = value },
                "--seed" => settings with { Seed = (int)value },
                "--senders" => settings with { Senders = (int)value },
                "--receivers" => settings with { Receivers = (int)value },
                "--clients" => settings with { Clients = (int)value },
                _ => throw new FormatException($"There is no option {args[i]}."),
            };
        }

        return settings;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"--minutes {Minutes} --seed {Seed} --senders {Senders} --receivers {Receivers} --clients {Clients}");
}

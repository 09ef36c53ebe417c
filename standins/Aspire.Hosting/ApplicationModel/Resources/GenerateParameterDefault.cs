using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A random value, such as a password.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    // Without the letters and digits that are easily mistaken for another one, and without what a shell or a URI would have to escape.
    private const string LowerLetters = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperLetters = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string Digits = "0123456789";
    private const string SpecialCharacters = "-_.{}~()*+!";

    /// <summary>Defaults to 22 characters: 128 bits with the full alphabet.</summary>
    public int MinLength { get; set; } = 22;

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public int MinLower { get; set; }

    public int MinUpper { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    public override string GetDefaultValue()
    {
        (string Characters, bool IsUsed, int Minimum)[] classes =
        [
            (LowerLetters, Lower, MinLower),
            (UpperLetters, Upper, MinUpper),
            (Digits, Numeric, MinNumeric),
            (SpecialCharacters, Special, MinSpecial),
        ];

        var alphabet = string.Concat(classes.Where(set => set.IsUsed).Select(set => set.Characters));
        if (alphabet.Length == 0)
        {
            throw new InvalidOperationException("At least one character type must be enabled.");
        }

        var value = new List<char>();
        foreach (var (characters, _, minimum) in classes.Where(set => set.IsUsed))
        {
            value.AddRange(RandomNumberGenerator.GetItems<char>(characters, minimum));
        }

        value.AddRange(RandomNumberGenerator.GetItems<char>(alphabet, Math.Max(0, MinLength - value.Count)));
        var shuffled = value.ToArray();
        RandomNumberGenerator.Shuffle<char>(shuffled);
        return new string(shuffled);
    }
}

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The rules for the name of a resource: it becomes part of DNS names, environment variables and folder names.</summary>
internal static class ModelName
{
    private const int MaxLength = 64;

    public static void ThrowIfInvalid(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > MaxLength)
        {
            throw new ArgumentException($"Resource name '{name}' is invalid. Name must be between 1 and {MaxLength} characters long.", nameof(name));
        }

        if (!char.IsAsciiLetter(name[0]))
        {
            throw new ArgumentException($"Resource name '{name}' is invalid. Name must start with an ASCII letter.", nameof(name));
        }

        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            throw new ArgumentException(
                $"Resource name '{name}' is invalid. Name must contain only ASCII letters, digits, and hyphens.", nameof(name));
        }

        if (name.EndsWith('-') || name.Contains("--", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"Resource name '{name}' is invalid. Name cannot end with a hyphen or contain consecutive hyphens.", nameof(name));
        }
    }
}

using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Xunit;

namespace Testing;

/// <summary>Gives every setting of a service values that it cannot use.</summary>
public static class UnusableSettings
{
    /// <summary>The service must end with one sentence about the setting, for every setting and value.</summary>
    /// <param name="service">The service.</param>
    /// <param name="usable">Settings with which it would start.</param>
    /// <param name="section">A section of its configuration.</param>
    /// <param name="properties">The settings in that section.</param>
    public static async Task AssertSaysWhatTheyMayBeAsync(
        Assembly service, IReadOnlyList<string> usable, string section, IEnumerable<PropertyInfo> properties)
    {
        foreach (var property in properties)
        {
            var key = $"{section}:{property.Name}";
            foreach (var (value, words) in CasesOf(property))
            {
                var sentence = await ServiceEntry.FailedStartAsync(service, [.. usable, $"{key}={value}"]);
                Assert.StartsWith($"{key} is ", sentence, StringComparison.Ordinal);
                Assert.All(words, word => Assert.Contains(word, sentence, StringComparison.Ordinal));
            }
        }
    }

    /// <returns>Each value, and words that say what it may be.</returns>
    private static IEnumerable<(string Value, string[] Words)> CasesOf(PropertyInfo property)
    {
        var range = property.GetCustomAttribute<RangeAttribute>();
        if (property.PropertyType == typeof(TimeSpan))
        {
            var (least, most) = (Time(range!.Minimum), Time(range.Maximum));
            string[] words = ["a time", $"{range.Minimum}", $"{range.Maximum}"];
            yield return ("lots", words);
            yield return ("", words);
            yield return ($"{least - TimeSpan.FromMilliseconds(1)}", words);
            yield return ($"{most + TimeSpan.FromSeconds(1)}", words);
        }
        else if (property.PropertyType == typeof(int))
        {
            string[] words = ["a whole number", $"{range!.Minimum}", $"{range.Maximum}"];
            yield return ("lots", words);
            yield return ("", words);
            yield return ("1.5", words);
            yield return ($"{(int)range.Minimum - 1}", words);
            yield return ($"{(int)range.Maximum + 1}", words);
        }
        else if (property.PropertyType.IsEnum)
        {
            string[] words = ["one of", .. Enum.GetNames(property.PropertyType)];
            yield return ("lots", words);
            yield return ("", words);
            yield return ("99", words);
        }
        else
        {
            Assert.Equal(typeof(string), property.PropertyType);
            yield return ("", []);
            if (property.GetCustomAttribute<StringLengthAttribute>() is { MaximumLength: var length })
            {
                yield return (new string('x', length + 1), ["a text", $"{length}"]);
            }
        }
    }

    private static TimeSpan Time(object limit) => limit as TimeSpan? ?? TimeSpan.Parse((string)limit, CultureInfo.InvariantCulture);
}

using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace ServiceDefaults.Startup;

/// <summary>An option class, and where its values come from.</summary>
internal interface ISettings
{
    /// <summary>The section of the configuration.</summary>
    string Section { get; }

    /// <summary>The settings. Each has the key <c>Section:Name</c>.</summary>
    IReadOnlyList<PropertyInfo> Properties { get; }
}

/// <summary>
/// Checks the values of one option class. The checks of .NET name the property, and not the key that a user has to change. They are silent
/// about what it may be if the text has the wrong form.
/// </summary>
internal sealed class Settings<TOptions>(IConfigurationSection section, string name) : ISettings, IValidateOptions<TOptions>
    where TOptions : class
{
    public string Section => section.Path;

    public IReadOnlyList<PropertyInfo> Properties { get; } = typeof(TOptions).GetProperties();

    /// <summary>Checks that each text can become a value. Call it before the values are bound.</summary>
    /// <exception cref="OptionsValidationException">Some cannot.</exception>
    public void ThrowIfUnreadable()
    {
        string[] failures = [.. Properties.Where(property => !IsReadable(property)).Select(property => Sentence(property))];
        if (failures.Length > 0)
        {
            throw new OptionsValidationException(name, typeof(TOptions), failures);
        }
    }

    public ValidateOptionsResult Validate(string? optionsName, TOptions options)
    {
        string[] failures = name != optionsName ? [] :
        [
            .. from property in Properties
            let value = property.GetValue(options)
            let failed = property.GetCustomAttributes<ValidationAttribute>().FirstOrDefault(rule => !rule.IsValid(value))
            where failed is not null
            select failed.ErrorMessage ?? Sentence(property),
        ];
        return failures.Length > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    private bool IsReadable(PropertyInfo property)
    {
        try
        {
            section.GetValue(property.PropertyType, property.Name);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private string Sentence(PropertyInfo property) =>
        $"{section.Path}:{property.Name} is '{section[property.Name]}': it must be {FormOf(property.PropertyType)}{LimitsOf(property)}.";

    private static string FormOf(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type))}",
        TypeCode.String => "a text",
        TypeCode.Int32 => "a whole number",
        _ when type == typeof(TimeSpan) => "a time such as 00:00:30 or 7.00:00:00 (days.hours:minutes:seconds)",
        _ => throw new NotSupportedException($"Say here what a setting of type {type} may be."),
    };

    private static string LimitsOf(PropertyInfo property) =>
        property.GetCustomAttribute<RangeAttribute>() is { } range ? $", from {range.Minimum} to {range.Maximum}"
        : property.GetCustomAttribute<StringLengthAttribute>() is { } length ? $" of 1 to {length.MaximumLength} characters"
        : "";
}

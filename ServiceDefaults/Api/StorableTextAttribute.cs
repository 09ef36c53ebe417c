using System.ComponentModel.DataAnnotations;

namespace ServiceDefaults.Api;

/// <summary>Text that PostgreSQL can store: any but with a NUL character.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class StorableTextAttribute() : ValidationAttribute("The {0} must not contain the character U+0000.")
{
    public override bool IsValid(object? value) => value is not string text || !text.Contains('\0', StringComparison.Ordinal);
}

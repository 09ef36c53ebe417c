namespace Amqp.Types;

/// <summary>A name from a constrained domain, in ASCII (1.6.21): a capability, an error condition, the key of an annotation.</summary>
public sealed class Symbol
{
    private readonly string _value;

    /// <summary>Makes a symbol of <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    public Symbol(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
    }

    /// <summary>A symbol of a string; null of null.</summary>
    public static implicit operator Symbol(string value) => value is null ? null : new Symbol(value);

    /// <summary>The text of a symbol; null of null.</summary>
    public static implicit operator string(Symbol value) => value?._value;

    /// <inheritdoc/>
    public override bool Equals(object obj) => obj is Symbol other && other._value == _value;

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => _value;
}

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that comes from outside of the model: configuration, user secrets, or generated.</summary>
public class ParameterResource : Resource, IExpressionValue
{
    private readonly Lazy<string> _value;

    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(callback);
        // Not cached on failure: a missing value may be set before the next start.
        _value = new Lazy<string>(() => callback(Default), LazyThreadSafetyMode.PublicationOnly);
        Secret = secret;
    }

    /// <summary>Where the value comes from if nobody has set it.</summary>
    public ParameterDefault? Default { get; set; }

    /// <summary>Whether the value is hidden wherever it would be shown.</summary>
    public bool Secret { get; }

    public string ValueExpression => $"{{{Name}.value}}";

    /// <exception cref="MissingParameterValueException">Nobody has set the value and there is no default.</exception>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(_value.Value);
}

/// <summary>The value of a parameter that nobody has set.</summary>
public abstract class ParameterDefault
{
    /// <summary>Not for others to derive from: Aspire's own asks more of them.</summary>
    private protected ParameterDefault()
    {
    }

    public abstract string GetDefaultValue();
}

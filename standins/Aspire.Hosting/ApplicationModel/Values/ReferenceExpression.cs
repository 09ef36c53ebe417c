using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A text with values that are known only at run time: <c>ReferenceExpression.Create($"amqp://{endpoint}")</c>.</summary>
public partial class ReferenceExpression : IExpressionValue, IValueWithReferences
{
    public static readonly ReferenceExpression Empty = new(string.Empty, [], []);

    internal ReferenceExpression(string format, IReadOnlyList<IValueProvider> valueProviders, IReadOnlyList<string?> stringFormats)
    {
        Format = format;
        ValueProviders = valueProviders;
        StringFormats = stringFormats;
    }

    /// <summary>The text as a composite format: each value is a numbered hole.</summary>
    public string Format { get; }

    public IReadOnlyList<IValueProvider> ValueProviders { get; }

    /// <summary>The format of each value: <c>uri</c> percent-encodes it, none leaves it as it is.</summary>
    public IReadOnlyList<string?> StringFormats { get; }

    public string ValueExpression =>
        string.Format(CultureInfo.InvariantCulture, Format, [.. ValueProviders.Select(ManifestExpression)]);

    IEnumerable<object> IValueWithReferences.References => ValueProviders;

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.GetExpression();

    /// <summary>The text with all values filled in; null if one of them is.</summary>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken)
    {
        var values = new object[ValueProviders.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (await ValueProviders[i].GetValueAsync(cancellationToken) is not { } value)
            {
                return null;
            }

            values[i] = Apply(StringFormats[i], value);
        }

        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    private static string Apply(string? format, string value) => format switch
    {
        null or "" => value,
        "uri" => Uri.EscapeDataString(value),
        _ => throw new FormatException($"The format '{format}' is unknown; 'uri' is the only one."),
    };

    private static string ManifestExpression(IValueProvider value) => (value as IManifestExpressionProvider)?.ValueExpression ?? "{}";
}

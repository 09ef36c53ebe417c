namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is known only at run time, such as a port.</summary>
public interface IValueProvider
{
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>How a value is written in a deployment manifest.</summary>
public interface IManifestExpressionProvider
{
    string ValueExpression { get; }
}

/// <summary>A value that can be part of an expression.</summary>
public interface IExpressionValue : IValueProvider, IManifestExpressionProvider;

/// <summary>A value that is made of other values or resources.</summary>
public interface IValueWithReferences
{
    IEnumerable<object> References { get; }
}

using System.Reflection;

namespace StandIns.Tests.Hosting.Surface;

/// <summary>Names of types as they are written in C#, without namespaces, with a question mark where null is allowed.</summary>
internal static class TypeNames
{
    public static string Of(Type type, NullabilityInfo? nullability = null)
    {
        var name = Plain(type, nullability);
        return !type.IsValueType && nullability?.ReadState == NullabilityState.Nullable ? name + "?" : name;
    }

    private static string Plain(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef)
        {
            return Plain(type.GetElementType()!, nullability);
        }

        if (type.IsArray)
        {
            return Of(type.GetElementType()!, nullability?.ElementType) + "[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying) + "?";
        }

        var nesting = type is { IsNested: true, IsGenericParameter: false } ? $"{Plain(type.DeclaringType!, null)}." : "";
        return nesting + (type.IsGenericType ? Generic(type, nullability) : Keyword(type));
    }

    private static string Generic(Type type, NullabilityInfo? nullability)
    {
        var arguments = type.GetGenericArguments().Select(
            (argument, index) => Variance(argument) + Of(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(index)));
        return $"{type.Name.Split('`')[0]}<{string.Join(", ", arguments)}>";
    }

    /// <summary>Only where the parameter is declared: not where another type is its argument.</summary>
    private static string Variance(Type argument) => !argument.IsGenericTypeParameter ? ""
        : argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.Covariant) ? "out "
        : argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.Contravariant) ? "in "
        : "";

    private static string Keyword(Type type) => type.FullName switch
    {
        "System.Boolean" => "bool",
        "System.Byte" => "byte",
        "System.Int32" => "int",
        "System.Int64" => "long",
        "System.Object" => "object",
        "System.String" => "string",
        "System.Void" => "void",
        _ => type.Name,
    };
}

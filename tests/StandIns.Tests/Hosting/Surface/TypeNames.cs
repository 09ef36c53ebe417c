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

    /// <summary>The name of a type where it is declared: with the variance of its parameters.</summary>
    public static string OfDeclaration(Type type) => type.IsGenericTypeDefinition
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(parameter => Variance(parameter) + parameter.Name))}>"
        : Of(type);

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
        var arguments = type.GetGenericArguments()
            .Select((argument, index) => Of(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(index)));
        return $"{type.Name.Split('`')[0]}<{string.Join(", ", arguments)}>";
    }

    private static string Variance(Type parameter) =>
        parameter.GenericParameterAttributes.HasFlag(GenericParameterAttributes.Covariant) ? "out "
        : parameter.GenericParameterAttributes.HasFlag(GenericParameterAttributes.Contravariant) ? "in "
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

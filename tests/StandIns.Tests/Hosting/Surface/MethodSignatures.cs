using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace StandIns.Tests.Hosting.Surface;

/// <summary>Methods and constructors as they are written in C#.</summary>
internal static class MethodSignatures
{
    public static string Of(MethodBase method)
    {
        var parameters = method.GetParameters();
        var extends = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        var list = string.Join(", ", parameters.Select((parameter, index) => (index == 0 ? extends : "") + Parameter(parameter)));
        if (method is not MethodInfo { ReturnParameter: var result } info)
        {
            return $"{Modifiers(method)}new({list})";
        }

        var generics = info.GetGenericArguments();
        var names = generics.Length > 0 ? $"<{string.Join(", ", generics.Select(generic => generic.Name))}>" : "";
        var type = TypeNames.Of(info.ReturnType, new NullabilityInfoContext().Create(result));
        return $"{Modifiers(method)}{type} {info.Name}{names}({list}){Constraints(generics)}";
    }

    public static string Modifiers(MethodBase method)
    {
        var ofInterface = method.DeclaringType!.IsInterface;
        var inheritance = ofInterface || method.IsConstructor ? ""
            : method.IsAbstract ? "abstract "
            : method is MethodInfo info && info.GetBaseDefinition() != info ? "override "
            : method is { IsVirtual: true, IsFinal: false } ? "virtual "
            : "";
        return (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : "") + inheritance;
    }

    public static string Constraints(IEnumerable<Type> generics) =>
        string.Concat(generics.Where(generic => generic.IsGenericParameter).Select(Constraint));

    public static string Value(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Constraint(Type generic)
    {
        var attributes = generic.GenericParameterAttributes;
        List<string> all = [.. generic.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(type => TypeNames.Of(type))];
        if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            all.Insert(0, "class");
        }

        if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            all.Insert(0, "struct");
        }
        else if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
        {
            all.Add("new()");
        }

        return all.Count > 0 ? $" where {generic.Name} : {string.Join(", ", all)}" : "";
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var passed = parameter.IsOut ? "out "
            : parameter.IsIn ? "in "
            : parameter.ParameterType.IsByRef ? "ref "
            : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params "
            : "";
        var type = TypeNames.Of(parameter.ParameterType, new NullabilityInfoContext().Create(parameter));
        return $"{passed}{type} {parameter.Name}{(parameter.HasDefaultValue ? $" = {Default(parameter)}" : "")}";
    }

    private static string Default(ParameterInfo parameter) =>
        parameter.DefaultValue is null && parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null
            ? "default"
            : Value(parameter.DefaultValue);
}

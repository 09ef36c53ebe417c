using System.Reflection;
using System.Runtime.CompilerServices;

namespace StandIns.Tests.Hosting.Surface;

/// <summary>What a program can use of an assembly: a line per type and, indented below it, a line per member, sorted.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Of(Assembly assembly) => assembly.GetExportedTypes()
        .Select(type => (Head: TypeHead(type), Members: Members(type).Order(StringComparer.Ordinal)))
        .OrderBy(type => type.Head.Split(' ')[1], StringComparer.Ordinal)
        .SelectMany(type => type.Members.Select(member => $"  {member}").Prepend(type.Head))
        .ToArray();

    /// <summary>The name comes second, so that the types of a namespace stand together.</summary>
    private static string TypeHead(Type type)
    {
        var kind = type.IsInterface ? "interface"
            : type.IsEnum ? "enum"
            : type.IsValueType ? "struct"
            : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
            : type is { IsAbstract: true, IsSealed: true } ? "static-class"
            : type.IsAbstract ? "abstract-class"
            : type.IsSealed ? "sealed-class"
            : "class";
        var bases = type.GetInterfaces()
            .Where(contract => contract.IsVisible)
            .Select(contract => TypeNames.Of(contract))
            .Order(StringComparer.Ordinal);
        var baseType = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && !type.IsEnum
            ? [TypeNames.Of(parent)]
            : Array.Empty<string>();
        string[] all = type.IsEnum ? [] : [.. baseType, .. bases];
        return $"{kind} {type.Namespace}.{TypeNames.OfDeclaration(type)}{(all.Length > 0 ? " : " + string.Join(", ", all) : "")}"
            + MethodSignatures.Constraints(type.GetGenericArguments());
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}");
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return [MethodSignatures.Of(type.GetMethod("Invoke")!)];
        }

        return type.GetConstructors(Declared).Where(IsUsable).Select(MethodSignatures.Of)
            .Concat(type.GetMethods(Declared).Where(method => IsUsable(method) && IsWritten(method)).Select(MethodSignatures.Of))
            .Concat(type.GetProperties(Declared).Where(property => property.GetAccessors(true).Any(IsUsable)).Select(Property))
            .Concat(type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily).Select(Field))
            .Concat(type.GetEvents(Declared).Where(raised => IsUsable(raised.AddMethod!)).Select(raised => $"event {raised.Name}"));
    }

    private static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsUsable).ToArray();
        var setter = accessors.FirstOrDefault(accessor => accessor == property.SetMethod);
        var isInit = setter?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ?? false;
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var getter = accessors.Contains(property.GetMethod) ? " get;" : "";
        var type = TypeNames.Of(property.PropertyType, new NullabilityInfoContext().Create(property));
        var write = setter is null ? "" : isInit ? " init;" : " set;";
        return $"{MethodSignatures.Modifiers(accessors[0])}{required}{type} {property.Name} {{{getter}{write} }}";
    }

    private static string Field(FieldInfo field)
    {
        var type = TypeNames.Of(field.FieldType, new NullabilityInfoContext().Create(field));
        return field.IsLiteral
            ? $"const {type} {field.Name} = {MethodSignatures.Value(field.GetRawConstantValue())}"
            : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{type} {field.Name}";
    }

    private static bool IsUsable(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    /// <summary>Neither an accessor nor what the compiler adds to a record or every object has.</summary>
    private static bool IsWritten(MethodInfo method) =>
        (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
        && !method.IsDefined(typeof(CompilerGeneratedAttribute))
        && method.GetBaseDefinition().DeclaringType != typeof(object);
}

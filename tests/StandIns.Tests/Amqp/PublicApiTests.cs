using System.Reflection;
using Amqp;

namespace StandIns.Tests.Amqp;

public class PublicApiTests
{
    /// <summary>Not in the listing, which leaves operators out and has no section for the one interface that it only mentions.</summary>
    private static readonly string[] NotListed = ["Amqp.Handler.IHandler", "op_Implicit"];

    [Fact]
    public void The_public_api_is_a_part_of_the_packages()
    {
        var listed = ReadListing();

        var additions = typeof(Connection).Assembly.GetExportedTypes()
            .Where(type => !NotListed.Contains(type.FullName))
            .SelectMany(type => Members(type).Select(member => (Type: type.FullName!, Member: member)))
            .Where(found => !listed.TryGetValue(found.Type, out var members) || !members.Contains(found.Member))
            .Select(found => $"{found.Type}: {found.Member}");

        Assert.Empty(additions);
    }

    private static Dictionary<string, HashSet<string>> ReadListing()
    {
        using var stream = typeof(PublicApiTests).Assembly.GetManifestResourceStream("AMQPNetLite-2.5.3.api.txt")!;
        using var reader = new StreamReader(stream);
        var types = new Dictionary<string, HashSet<string>>();
        HashSet<string> members = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(' '))
            {
                members.Add(Normalize(line.Trim()));
                continue;
            }

            var name = line.Split(' ', ':')[0];
            types[name] = members = [""];
            if (line.Contains("(enum)", StringComparison.Ordinal))
            {
                members.UnionWith(line[(line.IndexOf(')', StringComparison.Ordinal) + 1)..].Split(',', StringSplitOptions.TrimEntries));
            }
        }

        return types;
    }

    /// <summary>
    /// Names and types of parameters count; the listing does not tell a class from a struct, nor a default that is an expression.
    /// </summary>
    private static string Normalize(string member) =>
        member.Replace(" (field)", "", StringComparison.Ordinal).Replace("static ", "", StringComparison.Ordinal);

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        yield return "";
        if (type.IsEnum)
        {
            foreach (var name in Enum.GetNames(type))
            {
                yield return name;
            }

            yield break;
        }

        if (type.IsSubclassOf(typeof(Delegate)))
        {
            yield return $"delegate void ({Parameters(type.GetMethod("Invoke")!)})";
            yield break;
        }

        foreach (var constructor in type.GetConstructors(Declared))
        {
            yield return $"new({Parameters(constructor)})";
        }

        foreach (var property in type.GetProperties(Declared))
        {
            var name = property.GetIndexParameters().Length > 0 ? "Item" : property.Name;
            var setter = property.SetMethod is { IsPublic: true } ? " set;" : "";
            yield return $"{Name(property.PropertyType)} {name} {{ get;{setter} }}";
        }

        foreach (var field in type.GetFields(Declared))
        {
            yield return $"{Name(field.FieldType)} {field.Name}";
        }

        foreach (var raised in type.GetEvents(Declared))
        {
            yield return $"event {Name(raised.EventHandlerType!)} {raised.Name}";
        }

        foreach (var method in type.GetMethods(Declared))
        {
            var overrides = method.GetBaseDefinition().DeclaringType == typeof(object);
            if (!method.IsSpecialName && !overrides && !NotListed.Contains(method.Name))
            {
                yield return $"{Name(method.ReturnType)} {method.Name}({Parameters(method)})";
            }
        }
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var value = parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "";
        return $"{Name(parameter.ParameterType)} {parameter.Name}{value}";
    }

    private static string Name(Type type)
    {
        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (type.IsGenericType)
        {
            return $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
        }

        return type.Name switch
        {
            "Object" => "object", "String" => "string", "Boolean" => "bool", "Byte" => "byte", "UInt16" => "ushort", "Int32" => "int",
            "UInt32" => "uint", "UInt64" => "ulong", "Void" => "void", var name => name,
        };
    }
}

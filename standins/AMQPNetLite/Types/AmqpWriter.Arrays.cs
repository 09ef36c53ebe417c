using System.Collections;

namespace Amqp.Types;

/// <summary>Arrays (1.6.24): one constructor, which may be a described one (1.2), and then the items without theirs.</summary>
internal static partial class AmqpWriter
{
    private static void WriteArray(ByteBuffer buffer, Array array)
    {
        var position = BeginCompound(buffer, FormatCode.Array32, array.Length);
        WriteConstructorAndItems(buffer, array);
        EndCompound(buffer, position);
    }

    private static void WriteBareArray(ByteBuffer buffer, Array array)
    {
        var position = BeginItems(buffer, array.Length);
        WriteConstructorAndItems(buffer, array);
        EndItems(buffer, position);
    }

    private static void WriteConstructorAndItems(ByteBuffer buffer, Array array)
    {
        var described = array.Length > 0 ? array.GetValue(0) as DescribedValue : null;
        if (described is not null)
        {
            buffer.WriteByte(FormatCode.Described);
            buffer.WriteObject(described.Descriptor);
        }

        var code = ArrayItems.ConstructorOf(array);
        buffer.WriteByte(code);
        foreach (var item in array)
        {
            WriteItem(buffer, code, ArrayItems.ValueOf(item, described?.Descriptor, code));
        }
    }

    private static void WriteBareMap(ByteBuffer buffer, Map map)
    {
        var position = BeginItems(buffer, map.Count * 2);
        WriteEntries(buffer, map, MapKeys.Any);
        EndItems(buffer, position);
    }

    private static void WriteBareList(ByteBuffer buffer, IList list)
    {
        var position = BeginItems(buffer, list.Count);
        WriteItems(buffer, list);
        EndItems(buffer, position);
    }
}

namespace Amqp.Types;

internal static class MapKeyRules
{
    public static bool Allow(MapKeys rule, object key) => rule switch
    {
        MapKeys.Symbols => key is Symbol,
        MapKeys.SymbolsOrULongs => key is Symbol or ulong,
        MapKeys.Strings => key is string,
        _ => key is not null,
    };
}

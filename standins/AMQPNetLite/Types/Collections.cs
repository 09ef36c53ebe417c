namespace Amqp.Types;

/// <summary>A sequence of values of any type (1.6.22).</summary>
public class List : List<object>
{
    /// <summary>An empty list.</summary>
    public List()
    {
    }

    /// <summary>An empty list with room for <paramref name="capacity"/> items.</summary>
    public List(int capacity)
        : base(capacity)
    {
    }
}

/// <summary>Distinct keys and their values (1.6.23).</summary>
public class Map : Dictionary<object, object>
{
}

/// <summary>A map whose keys are symbols (2.8.10).</summary>
public class Fields : Map
{
}

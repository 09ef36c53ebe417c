using Amqp.Types;

namespace Amqp.Framing;

/// <summary>The application's own properties of a message, with strings as keys (3.2.5).</summary>
public sealed class ApplicationProperties : DescribedMap
{
    /// <summary>An empty section.</summary>
    public ApplicationProperties()
        : base(Descriptors.ApplicationProperties)
    {
    }

    private protected override MapKeys KeyRule => MapKeys.Strings;
}

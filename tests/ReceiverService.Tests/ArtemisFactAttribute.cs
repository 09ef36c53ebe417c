using Xunit;

namespace ReceiverService.Tests;

/// <summary>For what only Artemis passes on as it was sent: RabbitMQ 3 makes a data section of any body.</summary>
internal sealed class ArtemisFactAttribute : FactAttribute
{
    public ArtemisFactAttribute() => Skip = IsArtemis ? null : "RabbitMQ changes such bodies: set ARTEMIS_HOME.";

    /// <summary>Whether the tests' broker is Artemis.</summary>
    public static bool IsArtemis => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ARTEMIS_HOME"));
}

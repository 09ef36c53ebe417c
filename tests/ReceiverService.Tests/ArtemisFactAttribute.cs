
namespace ReceiverService.Tests;

/// <summary>A test that needs Artemis, which passes on every body unchanged. RabbitMQ 3 makes a data section of any body.</summary>
internal sealed class ArtemisFactAttribute : FactAttribute
{
    public ArtemisFactAttribute() =>
        Skip = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ARTEMIS_HOME"))
            ? "RabbitMQ changes such bodies: set ARTEMIS_HOME."
            : null;
}

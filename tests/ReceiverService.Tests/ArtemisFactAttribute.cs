
namespace ReceiverService.Tests;

/// <summary>A test that needs Artemis.</summary>
internal sealed class ArtemisFactAttribute : FactAttribute
{
    /// <param name="reason">What RabbitMQ 3 does instead. Usually it makes a data section of any body.</param>
    public ArtemisFactAttribute(string reason = "RabbitMQ changes such bodies") =>
        Skip = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ARTEMIS_HOME"))
            ? $"{reason}: set ARTEMIS_HOME."
            : null;
}

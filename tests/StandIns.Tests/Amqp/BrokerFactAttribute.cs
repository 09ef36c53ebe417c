namespace StandIns.Tests.Amqp;

/// <summary>A test that needs Apache Artemis, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrokerFactAttribute : FactAttribute
{
    public BrokerFactAttribute()
    {
        if (ArtemisBroker.Home is null)
        {
            Skip = "ARTEMIS_HOME is not set; it is the folder of an Apache Artemis distribution (and needs Java 17).";
        }
    }
}

using System.Reflection;
using Xunit.Sdk;

namespace StandIns.Tests.Amqp;

public enum BrokerKind
{
    Artemis,
    RabbitMq,
}

/// <summary>A test that is run with Apache Artemis, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ArtemisAttribute : DataAttribute
{
    public ArtemisAttribute()
    {
        if (ArtemisBroker.Home is null)
        {
            Skip = "ARTEMIS_HOME is not set; it is the folder of an Apache Artemis distribution (and needs Java 17).";
        }
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[BrokerKind.Artemis]];
}

/// <summary>A test that is run with RabbitMQ, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RabbitMqAttribute : DataAttribute
{
    public RabbitMqAttribute()
    {
        if (!RabbitMqBroker.IsInstalled)
        {
            Skip = "RabbitMQ is not installed.";
        }
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[BrokerKind.RabbitMq]];
}

/// <summary>The tests that share the brokers, one after the other.</summary>
[CollectionDefinition(nameof(Brokers))]
public sealed class SharedBrokers : ICollectionFixture<Brokers>;

/// <summary>The brokers that tests share, each started when a test first asks for it.</summary>
public sealed class Brokers : IAsyncLifetime
{
    private readonly Dictionary<BrokerKind, TestBroker> _started = [];

    public async Task<TestBroker> GetAsync(BrokerKind kind)
    {
        if (!_started.TryGetValue(kind, out var broker))
        {
            broker = kind == BrokerKind.Artemis ? new ArtemisBroker() : new RabbitMqBroker();
            try
            {
                await broker.CreateAsync();
                await broker.StartAsync();
            }
            catch
            {
                await broker.DisposeAsync(); // the next test gets one of its own, instead of one that never ran
                throw;
            }

            _started.Add(kind, broker);
        }

        return broker;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var broker in _started.Values)
        {
            await broker.DisposeAsync();
        }
    }
}

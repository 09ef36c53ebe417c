using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace StandIns.Tests.Telemetry;

public sealed class OpenTelemetryHostingTests : IDisposable
{
    private readonly ActivitySource _source = new($"test-{Guid.NewGuid():N}");
    private readonly Recorder _recorder = new();

    public void Dispose()
    {
        _source.Dispose();
        _recorder.Dispose();
    }

    [Fact]
    public async Task Spans_are_recorded_from_the_start_of_the_host_and_flushed_at_its_end()
    {
        using (var host = BuildHost())
        {
            Assert.False(_source.HasListeners());
            await host.StartAsync();
            using (var span = _source.StartActivity("span"))
            {
                Assert.NotNull(span);
            }

            Assert.Equal(["span"], _recorder.Ended);
            await host.StopAsync();
        }

        Assert.True(_recorder.IsShutDown);
        Assert.False(_source.HasListeners());
    }

    [Fact]
    public void Registering_twice_goes_on_with_the_same_provider()
    {
        using var host = BuildHost(services => services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("another")));
        Assert.Single(host.Services.GetServices<TracerProvider>());
        Assert.Single(host.Services.GetServices<IHostedService>());
    }

    private IHost BuildHost(Action<IServiceCollection>? more = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(_source.Name).AddProcessor(_recorder));
        more?.Invoke(builder.Services);
        return builder.Build();
    }

    private sealed class Recorder : BaseProcessor<Activity>
    {
        public List<string> Ended { get; } = [];

        public bool IsShutDown { get; private set; }

        public override void OnEnd(Activity data) => Ended.Add(data.OperationName);

        protected override bool OnShutdown(int timeoutMilliseconds) => IsShutDown = true;
    }
}

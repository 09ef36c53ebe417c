using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Tests.Harness;

/// <summary>A service's own Program, run in this process on a free port: tests speak HTTP to it, and may look into its services.</summary>
public sealed class ServiceHost : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);
    private readonly IHost _host;
    private readonly Task _program;

    private ServiceHost(IHost host, Task program)
    {
        _host = host;
        _program = program;
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>Waits until every check is healthy, the broker's too.</summary>
    public Task WaitUntilHealthyAsync() => Eventually.HealthyAsync(HealthAsync);

    /// <summary>The health report, JSON.</summary>
    public async Task<string> HealthAsync()
    {
        using var response = await Client.GetAsync(new Uri("/health", UriKind.Relative));
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Runs the entry point of <paramref name="service"/> until it listens.</summary>
    /// <param name="service">The service's assembly.</param>
    /// <param name="settings">Its configuration, as on a command line: <c>Outbox:Queue=…</c>.</param>
    public static async Task<ServiceHost> StartAsync(Assembly service, params string[] settings)
    {
        string[] args =
        [
            $"--applicationName={service.GetName().Name}",
            $"--contentRoot={AppContext.BaseDirectory}",
            "--urls=http://127.0.0.1:0",
            "--environment=Development",
            .. settings.Select(setting => $"--{setting}"),
        ];

        // The host tells that it was built through a diagnostic listener, as tools and test servers rely on.
        var built = new HostBuiltObserver();
        using var listening = DiagnosticListener.AllListeners.Subscribe(built);
        var program = Task.Run(() =>
        {
            built.Listen();
            return (Task)service.EntryPoint!.DeclaringType!
                .GetMethod("<Main>$", BindingFlags.NonPublic | BindingFlags.Static)!
                .Invoke(null, [args])!;
        });

        using var timeout = new CancellationTokenSource(StartTimeout);
        await Task.WhenAny(built.Host, program).WaitAsync(timeout.Token);
        if (program.IsCompleted)
        {
            // It ended before it was built: let its exception be seen.
            await program;
        }

        var host = await built.Host;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(started.SetResult);
        await Task.WhenAny(started.Task, program).WaitAsync(timeout.Token);
        return new ServiceHost(host, program);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _program;
    }

    /// <summary>Hears of the host that is built in the flow of control in which <see cref="Listen"/> was called.</summary>
    private sealed class HostBuiltObserver : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        private static readonly AsyncLocal<HostBuiltObserver?> Current = new();
        private readonly TaskCompletionSource<IHost> _host = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IHost> Host => _host.Task;

        public void Listen() => Current.Value = this;

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
            {
                value.Subscribe(this);
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Key == "HostBuilt" && Current.Value == this)
            {
                _host.TrySetResult((IHost)value.Value!);
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}

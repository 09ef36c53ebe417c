using Messaging.Amqp;
using Messaging.Outbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using ServiceDefaults.Data;

namespace Messaging.Tests.Outbox;

/// <summary>A service of these tests, which has an outbox and nothing else.</summary>
internal sealed class OutboxHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private bool _isDisposed;

    private OutboxHost(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts the service.</summary>
    /// <param name="database">Its database.</param>
    /// <param name="broker">Address of its broker.</param>
    /// <param name="configure">Changes the services that are registered.</param>
    /// <param name="settings">Its configuration: <c>Outbox:Queue=…</c>.</param>
    public static async Task<OutboxHost> StartAsync(
        string database, string broker, Action<IServiceCollection>? configure = null, params IEnumerable<string> settings)
    {
        var builder = CreateBuilder<OrderDbContext>(database, broker, settings);
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        await app.StartAsync();
        return new(app);
    }

    /// <summary>Registers what a service with an outbox registers.</summary>
    public static WebApplicationBuilder CreateBuilder<TContext>(
        string database, string broker, IEnumerable<string> settings, Action<NpgsqlDataSourceBuilder>? source = null)
        where TContext : DbContext
    {
        string[] all =
        [
            $"ConnectionStrings:orders={database}",
            $"ConnectionStrings:artemis={broker}",
            $"Outbox:Queue={Infrastructure.NewQueue()}",
            "urls=http://127.0.0.1:0",
            .. settings,
        ];
        var builder = WebApplication.CreateBuilder([.. all.Select(setting => $"--{setting}")]);
        builder.AddDatabase<TContext>("orders", source);
        builder.AddAmqpConnection("artemis");
        builder.AddOutbox<TContext>();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        return builder;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }
}

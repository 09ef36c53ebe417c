using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Knows the state of every resource and tells who wants to know.</summary>
public partial class ResourceNotificationService : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<Channel<ResourceEvent>> _subscribers = [];
    private readonly ILogger _logger;
    private readonly IServiceProvider _services;
    private bool _disposed;

    public ResourceNotificationService(
        ILogger<ResourceNotificationService> logger,
        IHostApplicationLifetime hostApplicationLifetime,
        IServiceProvider serviceProvider,
        ResourceLoggerService resourceLoggerService)
    {
        _ = (hostApplicationLifetime, resourceLoggerService);
        _logger = logger;
        _services = serviceProvider;
    }

    /// <summary>Yields the present state of every resource, then each change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_lock)
        {
            foreach (var state in _current.Values)
            {
                channel.Writer.TryWrite(state);
            }

            if (_disposed)
            {
                channel.Writer.Complete();
            }
            else
            {
                _subscribers.Add(channel);
            }
        }

        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return change;
            }
        }
        finally
        {
            lock (_lock)
            {
                _subscribers.Remove(channel);
            }
        }
    }

    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_lock)
        {
            return _current.TryGetValue(resourceId, out resourceEvent);
        }
    }

    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory) =>
        PublishUpdateAsync(resource, resource.Name, stateFactory);

    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(stateFactory);
        lock (_lock)
        {
            var before = _current.TryGetValue(resourceId, out var current) ? current.Snapshot : InitialSnapshot.Of(resource);
            var after = CommandStates.Update(resource, stateFactory(before), _services);
            var change = new ResourceEvent(resource, resourceId, after);
            _current[resourceId] = change;
            // Under the lock, so that all subscribers see all changes in one order.
            foreach (var subscriber in _subscribers)
            {
                subscriber.Writer.TryWrite(change);
            }

            if (before.State?.Text != after.State?.Text && after.State is { } state)
            {
                LogStateChanged(resourceId, before.State?.Text, state.Text);
            }
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var subscriber in _subscribers)
            {
                subscriber.Writer.TryComplete();
            }
        }

        GC.SuppressFinalize(this);
    }

    [LoggerMessage(1, LogLevel.Debug, "Resource {Resource} changed state: {Before} -> {After}")]
    private partial void LogStateChanged(string resource, string? before, string after);
}

using Amqp;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Messaging.Outbox;
using Messaging.Outbox.Operating;
using Messaging.Outbox.Relay;
using Messaging.Outbox.WakeUp;
using Messaging.Amqp;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>
/// The relay's steps, taken by hand on a real session and a real link: what it does with the suspects that an end of the link has left it
/// when others have dealt with them before it was back. As long as there is a suspect everything is sent one by one.
/// </summary>
[Collection(SenderSuite.Name)]
public sealed class OutboxDispatcherTests(Infrastructure infrastructure) : IAsyncLifetime
{
    private static readonly int[] All = [.. Enumerable.Range(0, OutboxPartition.Count)];

    private readonly Suspicion _suspicion = new();
    private OutboxTable _table = null!;
    private WebApplication _services = null!;
    private AmqpLink<SenderLink> _link = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder([$"--ConnectionStrings:artemis={infrastructure.Broker}"]);
        builder.AddAmqpConnection("artemis");
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<OutboxMetrics>();
        _services = builder.Build();
        _link = await _services.Services.GetRequiredService<AmqpConnection>().OpenSenderAsync(Infrastructure.NewQueue(), default);

        _table = await OutboxTable.CreateAsync(infrastructure);
        await _table.AddManyAsync(1, aggregates: 1);
        await using var session = await OutboxSession.OpenAsync(_table.Relays, default);
        _suspicion.Accuse(await session.ReadPendingAsync(All, 0, 100, default));
        Assert.True(_suspicion.IsOpen);
    }

    public async Task DisposeAsync()
    {
        await _link.DisposeAsync();
        await _services.DisposeAsync();
        await _table.DisposeAsync();
    }

    [Fact]
    public async Task A_suspect_that_another_relay_has_is_not_waited_for()
    {
        await using var other = await OutboxSession.OpenAsync(_table.Relays, default);
        Assert.Equal(All, await other.TakePartitionsAsync(All, All.Length, default));
        await DispatchUntilNothingIsSuspectAsync();
        Assert.Equal(1, await OutboxTable.CountAsync(_table.Database, "Pending"));
    }

    [Fact]
    public async Task A_suspect_that_another_relay_has_sent_is_not_waited_for()
    {
        await Sql.ExecuteAsync(_table.Database, "UPDATE outbox_messages SET status = 'Sent', sent_at = now()");
        await DispatchUntilNothingIsSuspectAsync();
    }

    private async Task DispatchUntilNothingIsSuspectAsync()
    {
        await using var session = await OutboxSession.OpenAsync(_table.Relays, default);
        using var signal = new OutboxSignal();
        var metrics = _services.Services.GetRequiredService<OutboxMetrics>();
        var dispatcher = new OutboxDispatcher(
            session, _link, _suspicion, new OutboxOptions(), signal, metrics, TimeProvider.System, NullLogger.Instance);
        await Eventually.GetAsync(() => dispatcher.DispatchAsync(default), _ => !_suspicion.IsOpen);
    }
}

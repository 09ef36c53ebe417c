using Amqp;
using Amqp.Framing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using SenderService.Tests.Outbox;
using ServiceDefaults.Amqp;
using Tests.Harness;
using Xunit;

namespace SenderService.Tests.Amqp;

[Collection(SenderSuite.Name)]
public sealed class AmqpLinkTests(Infrastructure infrastructure)
{
    /// <summary>
    /// What is in flight when the broker detaches the link is reported as rejected: whoever hears of it must be able to tell that from a
    /// verdict on the message.
    /// </summary>
    [Fact]
    public async Task A_link_that_the_broker_detaches_is_closed_when_the_first_message_is_reported_as_rejected()
    {
        await using var wire = new BrokerWire(infrastructure.Broker);
        var builder = WebApplication.CreateBuilder([$"--ConnectionStrings:artemis={wire.Address}"]);
        builder.AddAmqpConnection("artemis");
        builder.Services.AddSingleton(TimeProvider.System);
        await using var services = builder.Build();
        await using var link = await services.Services.GetRequiredService<AmqpConnection>().OpenSenderAsync(Infrastructure.NewQueue(), default);

        wire.DetachLink();
        var told = new TaskCompletionSource<(Outcome Outcome, bool IsClosed)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new Message("in flight") { Header = new Header { Durable = true } };
        link.Link.Send(message, (_, _, outcome, _) => told.TrySetResult((outcome, link.IsClosed)), null);

        var (outcome, isClosed) = await told.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.IsType<Rejected>(outcome);
        Assert.True(isClosed);
    }
}

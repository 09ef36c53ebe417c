using Amqp;
using Amqp.Framing;
using Amqp.Handler;
using Messaging.Amqp;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using EventId = Amqp.Handler.EventId;

namespace Messaging.Tests.Amqp;

/// <summary>A service that consumes and publishes has two links on one connection.</summary>
[Collection(MessagingSuite.Name)]
public sealed class SharedConnectionTests(Infrastructure infrastructure)
{
    [Fact]
    public async Task A_link_that_is_refused_again_and_again_does_not_end_another_link()
    {
        const int Refusals = 3;
        var attempts = 0;
        var builder = WebApplication.CreateBuilder([$"--ConnectionStrings:artemis={infrastructure.Broker}"]);
        builder.AddAmqpConnection("artemis");
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<IHandler>(new ClientHandler(EventId.LinkLocalOpen, _ =>
        {
            if (attempts++ is >= 1 and <= Refusals)
            {
                throw new AmqpException(new Error(ErrorCode.UnauthorizedAccess) { Description = "the test" });
            }
        }));
        await using var services = builder.Build();
        var connection = services.Services.GetRequiredService<AmqpConnection>();
        await using var sender = await connection.OpenSenderAsync(Infrastructure.NewQueue(), default);

        await using var receiver = await connection.OpenReceiverAsync(Infrastructure.NewQueue(), default);

        Assert.Equal(1 + Refusals + 1, attempts);
        Assert.False(sender.IsClosed);
        Assert.True(connection.IsOpen);
    }
}

using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace StandIns.Tests.Hosting;

public sealed class ConfigurationTests
{
    [Fact]
    public async Task Environment_and_arguments_are_resolved_when_the_program_starts()
    {
        await using var test = await TestApplication.StartAsync(builder =>
        {
            var secret = builder.AddParameter("secret", "a/b c", secret: true);
            var server = builder.AddShell("server", "exec sleep 600").WithHttpEndpoint(name: "web", env: "WEB_PORT");
            builder.AddShell("program", "echo \"$PLAIN|$URL|$ENCODED|$0|$1\"; exec sleep 600")
                .WithArgs("zero", "one")
                .WithEnvironment("PLAIN", "plain")
                .WithEnvironment("URL", server.GetEndpoint("web"))
                .WithEnvironment("ENCODED", $"user:{secret.Resource:uri}");
        });

        var url = test.Application.GetEndpoint("server", "web").ToString().TrimEnd('/');
        var line = await test.LineAsync("program", "plain|");
        Assert.EndsWith($"plain|{url}|user:a%2Fb%20c|zero|one", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_of_the_users_own_reaches_the_program_that_refers_to_it()
    {
        await using var test = await TestApplication.StartAsync(builder =>
        {
            builder.Configuration["ConnectionStrings:broker"] = "amqp://elsewhere";
            var broker = builder.AddConnectionString("broker");
            builder.AddShell("program", "echo got $ConnectionStrings__broker; exec sleep 600").WithReference(broker);
        });

        await test.LineAsync("program", "got amqp://elsewhere");
    }

    [Fact]
    public async Task An_endpoint_keeps_its_address_through_stop_and_start()
    {
        await using var test = await TestApplication.StartAsync(
            builder => builder.AddShell("server", "echo \"port $PORT\"; exec sleep 600").WithHttpEndpoint(name: "http", env: "PORT"));
        var before = test.Application.GetEndpoint("server", "http");
        await test.LineAsync("server", $"port {before.Port}");

        await test.CommandAsync("server", KnownResourceCommands.RestartCommand);

        Assert.Equal(before, test.Application.GetEndpoint("server", "http"));
    }

    [Fact]
    public async Task A_parameter_that_nobody_has_set_ends_the_start_and_says_how_to_set_it()
    {
        var failure = await Assert.ThrowsAsync<MissingParameterValueException>(
            () => TestApplication.StartAsync(builder => builder.AddParameter("key")));
        Assert.Contains("--Parameters:key=", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_start_and_nothing_runs()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var started = Path.Combine(Path.GetTempPath(), $"started-{Guid.NewGuid():N}");

        var failure = await Assert.ThrowsAnyAsync<DistributedApplicationException>(() => TestApplication.StartAsync(builder =>
        {
            builder.AddShell("other", $"echo > {started}; exec sleep 600");
            builder.AddShell("server", "exec sleep 600").WithHttpEndpoint(targetPort: port);
        }));

        Assert.Contains($"Port {port}, on which 'server' listens, is in use by", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(started));
    }

    [Fact]
    public async Task A_program_that_is_missing_ends_the_start_and_is_named()
    {
        var failure = await Assert.ThrowsAnyAsync<DistributedApplicationException>(
            () => TestApplication.StartAsync(builder => builder.AddExecutable("program", "no-such-program", "/")));
        Assert.Contains("'no-such-program' of 'program' was not found", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_without_a_recipe_ends_the_start_and_is_named()
    {
        var failure = await Assert.ThrowsAnyAsync<DistributedApplicationException>(
            () => TestApplication.StartAsync(builder => builder.AddContainer("cache", "redis", "7")));
        Assert.Contains("'cache' cannot run without a container engine", failure.Message, StringComparison.Ordinal);
    }
}

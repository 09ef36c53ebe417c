using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.Processes.Ports;

namespace StandIns.Tests.Hosting;

public sealed class PortReservationTests
{
    [Fact]
    public async Task The_process_that_a_port_is_kept_for_can_listen_on_it_again_and_again()
    {
        using var ports = new PortReservations();
        var port = ports.ReserveFree();
        for (var i = 0; i < 3; i++)
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
        }
    }

    [Fact]
    public void No_port_is_given_twice()
    {
        using var mine = new PortReservations();
        using var theirs = new PortReservations();

        var all = Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? mine : theirs).ReserveFree()).ToArray();

        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public async Task Nobody_is_reached_on_a_port_that_is_only_kept()
    {
        using var ports = new PortReservations();
        using var client = new TcpClient();

        var failure = await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, ports.ReserveFree()));

        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
    }

    [Fact]
    public void A_fixed_port_that_is_taken_is_told_with_who_has_it()
    {
        using var ports = new PortReservations();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var failure = Assert.ThrowsAny<DistributedApplicationException>(() => ports.ReserveFixed(port, "web"));

        Assert.Contains($"Port {port}, on which 'web' listens, is in use by", failure.Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains($"(process {Environment.ProcessId})", failure.Message, StringComparison.Ordinal);
        }
    }
}

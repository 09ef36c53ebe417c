using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Transport;

namespace Amqp;

/// <summary>How a connection comes to be: TCP and TLS (5.2), SASL (5.3), the open (2.4.1).</summary>
public partial class Connection
{
    /// <summary>
    /// Connects, authenticates, opens. On the thread pool: the caller may have a synchronization context and block it until this is done.
    /// </summary>
    internal Task ConnectAsync(Address address, CancellationToken cancellationToken) =>
        Task.Run(() => ConnectHereAsync(address, cancellationToken), CancellationToken.None);

    private async Task ConnectHereAsync(Address address, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(DefaultTimeout);
        try
        {
            await OpenAsync(await Connector.ConnectAsync(address, Factory.TCP, Factory.SSL, deadline.Token), address, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{address.Host}:{address.Port} did not open the connection within {DefaultTimeout}.");
        }
    }

    /// <summary>Authenticates and opens over a stream that leads to the peer, and is closed with the connection.</summary>
    internal async Task OpenAsync(Stream stream, Address address, CancellationToken cancellationToken)
    {
        _stream = stream;
        try
        {
            _reader = new FrameReader(_stream, (int)Math.Min(_open.MaxFrameSize, int.MaxValue));
            await SaslClient.AuthenticateAsync(_reader, _stream, ProfileFor(address), _open.HostName, cancellationToken);
            Writer = new FrameWriter(_stream, Gate, OnDrained, OnLost);
            SendOpen();
            await _reader.ReadProtocolHeaderAsync(ProtocolHeader.Amqp, cancellationToken);
            ConnectionState = ConnectionState.OpenSent;
        }
        catch
        {
            await _stream.DisposeAsync();
            throw;
        }

        _ = Task.Run(ReadAsync, CancellationToken.None); // the caller's synchronization context is not for the reader
        try
        {
            await _opened.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Abort(new Error(ErrorCode.ConnectionForced, "The connection was given up while it was opened."));
            throw;
        }
    }

    private SaslProfile ProfileFor(Address address) =>
        Factory.SASL.Profile ?? (address.User is null ? SaslProfile.Anonymous : SaslProfile.Plain(address.User, address.Password));

    private void SendOpen()
    {
        lock (Gate)
        {
            Writer.Buffer.Write(ProtocolHeader.Amqp);
            var frame = Frame.Begin(Writer.Buffer, Frame.AmqpType, 0);
            _open.Encode(Writer.Buffer);
            Frame.End(Writer.Buffer, frame);
            Writer.Wake();
            ConnectionState = ConnectionState.OpenPipe;
        }
    }
}

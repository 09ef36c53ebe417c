using Amqp;
using Attempts;
using Npgsql;

// The three attempts. `1` runs attempt 1: it starts this program as `1 send` and `1 receive`, and kills it at random steps.
var attempt = args is [['1' or '2' or '3'] number, ..] ? number[0] - '0' : 0;
switch (attempt, args)
{
    case (1, [_]):
        await new Trial(1, "save, then send", Attempt1.SenderTables, Attempt1.ReceiverTables).RunAsync();
        return 0;
    case (2, [_]):
        await new Trial(2, "the outbox", Attempt2.SenderTables, Attempt1.ReceiverTables).RunAsync();
        return 0;
    case (3, [_]):
        await new Trial(3, "the outbox and the inbox", Attempt2.SenderTables, Attempt3.ReceiverTables).RunAsync();
        return 0;
    case ( > 0, [_, "send"]):
        await SendAsync(attempt == 1 ? Attempt1.SendAsync : Attempt2.SendAsync);
        return 0;
    case ( > 0, [_, "receive"]):
        await ReceiveAsync(attempt == 3 ? Attempt3.ReceiveAsync : Attempt1.ReceiveAsync);
        return 0;
    case (_, ["poison"]):
        await PoisonMessage.SendAsync();
        return 0;
    default:
        Console.Error.WriteLine("Say which attempt to run: 1, 2 or 3.");
        return 1;
}

async Task SendAsync(Func<NpgsqlConnection, SenderLink, Task> send)
{
    await using var database = await Database.OpenAsync("senderdb", attempt);
    var connection = await Queue.ConnectAsync();
    await send(database, Queue.Sender(connection, $"attempt-{attempt}"));
    await connection.CloseAsync();
}

async Task ReceiveAsync(Func<NpgsqlConnection, ReceiverLink, Task> receive)
{
    await using var database = await Database.OpenAsync("receiverdb", attempt);
    var connection = await Queue.ConnectAsync();
    await receive(database, Queue.Receiver(connection, $"attempt-{attempt}"));
    await connection.CloseAsync();
}

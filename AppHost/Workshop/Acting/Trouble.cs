using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Amqp;
using Amqp.Framing;
using AppHost.Workshop.Watching;
using Npgsql;

namespace AppHost.Workshop.Acting;

/// <summary>Messages that make trouble: one that nobody can read, one that comes twice, and one that the broker does not take.</summary>
internal sealed class Trouble(BrokerQueue queue, Load load, Ledger ledger, NpgsqlDataSource sender, Story story)
{
    private const string MessageOf =
        "SELECT message_id, type, payload::text FROM outbox_messages WHERE message_id > $1 AND aggregate_id = $2 ORDER BY id LIMIT 1";

    private const string TooLarge = """
        INSERT INTO outbox_messages
            (message_id, type, aggregate_id, aggregate_version, partition, payload, headers, occurred_at, status, attempts)
        VALUES ($1, 'EntityItemCreated', $2, 1, 0, '{}',
            json_build_object('correlationId', $1::text, 'baggage', 'size=' || repeat('x', 1000000)), now(), 'Pending', 0)
        """;

    /// <summary>Makes trouble: poison, refused or duplicate.</summary>
    /// <returns>Why it was not done. Null if it was.</returns>
    public async Task<string?> MakeAsync(string action, CancellationToken cancellationToken)
    {
        try
        {
            return action switch
            {
                "poison" => await PoisonAsync(cancellationToken),
                "refused" => await RefusedAsync(cancellationToken),
                "duplicate" => await DuplicateAsync(cancellationToken),
                _ => $"{action} is nothing that can be done.",
            };
        }
        catch (Exception exception) when (exception is AmqpException or NpgsqlException or TimeoutException or SocketException)
        {
            return $"It could not be done: {exception.Message}";
        }
    }

    private async Task<string?> PoisonAsync(CancellationToken cancellationToken)
    {
        await PutAsync(Guid.CreateVersion7(), "EntityItemCreated", 1, "this is no JSON", cancellationToken);
        story.Tell(Happenings.Poison);
        return null;
    }

    /// <summary>Posts an entity, waits until it has arrived, and delivers its message once more.</summary>
    private async Task<string?> DuplicateAsync(CancellationToken cancellationToken)
    {
        if (await load.PostAsync(cancellationToken) is not { } posted || !await ledger.ArrivedAsync(posted.Id, cancellationToken))
        {
            return "First an entity has to arrive, and none did.";
        }

        await using var command = sender.CreateCommand(MessageOf);
        command.Parameters.Add(new() { Value = posted.Id.Before(TimeSpan.FromSeconds(1)) });
        command.Parameters.Add(new() { Value = posted.Id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);

        // Another body, and a newer version: otherwise the projection's own guard would hide a second effect.
        var body = JsonNode.Parse(reader.GetString(2))!;
        body["value"] = Ledger.ValueOfCopy;
        await PutAsync(reader.GetGuid(0), reader.GetString(1), posted.Version + 1, body.ToJsonString(), cancellationToken);
        ledger.Doubt(posted.Id);
        story.Tell(Happenings.Duplicate, $"The message of {posted.Name}");
        return null;
    }

    /// <summary>
    /// An event with headers of a megabyte. Artemis keeps headers in one record of its journal, and refuses what does not fit. No client
    /// can make such a message through the API, so the row is written directly.
    /// </summary>
    private async Task<string?> RefusedAsync(CancellationToken cancellationToken)
    {
        await using var command = sender.CreateCommand(TooLarge);
        command.Parameters.Add(new() { Value = Guid.CreateVersion7() });
        command.Parameters.Add(new() { Value = Guid.CreateVersion7() });
        await command.ExecuteNonQueryAsync(cancellationToken);
        story.Tell(Happenings.Refused);
        return null;
    }

    private Task PutAsync(Guid id, string type, long version, string body, CancellationToken cancellationToken) => queue.PutAsync(
        new Message
        {
            Header = new Header { Durable = true },
            Properties = new Properties { MessageId = id.ToString(), Subject = type, ContentType = "application/json" },
            ApplicationProperties = new ApplicationProperties { ["aggregate-version"] = version },
            BodySection = new Data { Binary = Encoding.UTF8.GetBytes(body) },
        },
        cancellationToken);
}

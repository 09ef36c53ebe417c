using System.Text.Json;
using Npgsql.Replication.PgOutput.Messages;

namespace Messaging.Outbox.Wal;

/// <summary>Reads a message from the log, which has the same columns as the table.</summary>
internal static class LoggedMessage
{
    /// <returns>The message. Null if it was not pending when it was inserted: somebody has imported it.</returns>
    public static async Task<PendingMessage?> ReadAsync(
        InsertMessage insert, LoggedTransaction transaction, CancellationToken cancellationToken)
    {
        var (id, messageId, aggregateId, aggregateVersion, partition) = (0L, Guid.Empty, Guid.Empty, 0L, (short)0);
        var (type, status, payload, headers, occurredAt) = ("", "", Array.Empty<byte>(), Array.Empty<byte>(), default(DateTimeOffset));
        await foreach (var value in insert.NewRow.WithCancellation(cancellationToken))
        {
            switch (value.GetFieldName())
            {
                case "id":
                    id = await value.Get<long>(cancellationToken);
                    break;
                case "message_id":
                    messageId = await value.Get<Guid>(cancellationToken);
                    break;
                case "type":
                    type = await value.Get<string>(cancellationToken);
                    break;
                case "aggregate_id":
                    aggregateId = await value.Get<Guid>(cancellationToken);
                    break;
                case "aggregate_version":
                    aggregateVersion = await value.Get<long>(cancellationToken);
                    break;
                case "partition":
                    partition = await value.Get<short>(cancellationToken);
                    break;
                case "payload":
                    payload = await value.Get<byte[]>(cancellationToken);
                    break;
                case "headers":
                    headers = await value.Get<byte[]>(cancellationToken);
                    break;
                case "occurred_at":
                    occurredAt = await value.Get<DateTimeOffset>(cancellationToken);
                    break;
                case "status":
                    status = await value.Get<string>(cancellationToken);
                    break;
            }
        }

        return status != nameof(OutboxMessageStatus.Pending) ? null : new(
            id,
            transaction.Xid,
            messageId,
            type,
            aggregateId,
            aggregateVersion,
            partition,
            payload,
            JsonSerializer.Deserialize<OutboxHeaders>(headers, JsonSerializerOptions.Web)!,
            occurredAt,
            IsRetry: false)
        {
            Transaction = transaction,
        };
    }
}

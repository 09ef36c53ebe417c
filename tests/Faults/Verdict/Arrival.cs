using System.Diagnostics;
using Faults.Running;
using Npgsql;

namespace Faults.Verdict;

/// <summary>Waits until everything has arrived. Sends everything once more.</summary>
internal sealed class Arrival(DemoSystem system)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestResend = TimeSpan.FromMinutes(2);

    /// <summary>Waits until every message is sent, and was delivered this often.</summary>
    /// <returns>The broken promise, if it takes longer.</returns>
    public async Task<IReadOnlyList<string>> WaitAsync(string promise, TimeSpan deadline, int copies)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var (total, sent, delivered) = await CountAsync(copies);
            if (sent == total && delivered >= total)
            {
                return [];
            }

            if (waited.Elapsed > deadline)
            {
                return [$"Not kept: {promise}. Of {total} messages {sent} are sent, and {delivered} were delivered."];
            }

            await Task.Delay(Interval);
        }
    }

    /// <summary>An operator sends everything once more. So each message arrives twice, and must have one effect.</summary>
    /// <returns>The broken promise, if something does not arrive again.</returns>
    public async Task<IReadOnlyList<string>> ResendEverythingAsync()
    {
        using var http = new HttpClient();
        var everything = new Uri(system.Senders[0].Address!, "/api/outbox/resend?from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z");
        using var response = await http.PostAsync(everything, content: null);
        response.EnsureSuccessStatusCode();
        return await WaitAsync("everything arrives again after a resend", LongestResend, copies: 2);
    }

    private async Task<(long Total, long Sent, long Delivered)> CountAsync(int copies)
    {
        try
        {
            var total = await Sql.ScalarAsync<long>(system.SenderDatabase, "SELECT count(*) FROM outbox_messages");
            var sent = await OutboxRows.CountAsync(system.SenderDatabase, "Sent");
            var delivered = await Sql.ScalarAsync<long>(
                system.ReceiverDatabase,
                $"SELECT count(*) FROM (SELECT FROM audit_deliveries GROUP BY message_id HAVING count(*) >= {copies}) AS message");
            return (total, sent, delivered);
        }
        catch (NpgsqlException exception) when (exception.IsTransient)
        {
            return (-1, 0, 0); // the server starts
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using Faults.Load;
using Faults.Running;
using Faults.Strikes;
using Faults.Verdict;
using Npgsql;

namespace Faults;

/// <summary>A run: load and faults for a while, then everything heals, then the ledgers are compared.</summary>
internal sealed class FaultRun(DemoSystem system, RunSettings settings, CancellationToken interrupted)
{
    private const int ProgressBetweenStrikes = 30;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly Ledger _ledger = new();
    private readonly List<Strike> _strikes = [];
    private readonly List<string> _broken = [];

    public Ledger Ledger => _ledger;

    /// <returns>The broken promises. Empty if none was found.</returns>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        await Audit.InstallAsync(system);
        using var end = new CancellationTokenSource();
        var clients = Enumerable.Range(0, settings.Clients).Select(i => NewClient(settings.Seed + i + 1)).ToArray();
        var load = clients.Select(client => client.RunAsync(end.Token)).ToArray();
        await StrikeAsync();
        await end.CancelAsync();
        await Task.WhenAll(load);

        await ArriveAsync("everything arrives within 30 s after the last fault", Recovery.Longest, copies: 1);
        var duplicates = await Sql.ScalarAsync<long>(
            system.ReceiverDatabase, "SELECT (SELECT count(*) FROM audit_deliveries) - (SELECT count(*) FROM inbox_messages)");

        // Judged before the resend, which would bring back what was lost, and after it.
        _broken.AddRange(Judge.Compare(_ledger.Attempts, await Evidence.CollectAsync(system)));
        await ResendEverythingAsync();
        var evidence = await Evidence.CollectAsync(system);
        _broken.AddRange(Judge.Compare(_ledger.Attempts, evidence));
        _broken.AddRange(await DeadLetterQueue.ProblemsAsync(system));

        Report.Print(_ledger, _strikes, evidence, duplicates);
        Array.ForEach(clients, client => client.Dispose());
        return [.. _broken.Concat(_ledger.Complaints).Distinct()];
    }

    private Client NewClient(int seed) => new(system, _ledger, new Random(seed));

    private async Task StrikeAsync()
    {
        using var client = NewClient(settings.Seed);
        var plan = new FaultPlan(system, new Random(settings.Seed));
        var recovery = new Recovery(system, client);
        var length = TimeSpan.FromMinutes(settings.Minutes);
        var run = Stopwatch.StartNew();
        while (run.Elapsed < length && _broken.Count == 0 && !interrupted.IsCancellationRequested)
        {
            await ProgressAsync();
            var faults = plan.Next();
            _ledger.CurrentFault = string.Join(" + ", faults.Select(fault => fault.Kind));
            Say(run, string.Join(" + ", faults));
            await Task.WhenAll(faults.Select(fault => fault.RunAsync()));
            var strike = new Strike(faults, await recovery.MeasureAsync());
            _strikes.Add(strike);
            if (strike.Recovery is not { } took)
            {
                _broken.Add($"There was no recovery within {Recovery.Longest.TotalSeconds:0} s after {strike}.");
                break;
            }

            Say(run, string.Create(CultureInfo.InvariantCulture, $"    recovered after {took.TotalSeconds:0.0} s, {_ledger.Done} done"));
            _ledger.CurrentFault = "nothing";
        }
    }

    /// <summary>A fault that hits nothing in motion proves nothing.</summary>
    private async Task ProgressAsync()
    {
        var before = _ledger.Done;
        var waited = Stopwatch.StartNew();
        while (_ledger.Done < before + ProgressBetweenStrikes)
        {
            if (waited.Elapsed > Recovery.Longest)
            {
                _broken.Add($"Clients made no progress within {Recovery.Longest.TotalSeconds:0} s, although nothing was broken.");
                return;
            }

            await Task.Delay(Interval, CancellationToken.None);
        }
    }

    /// <summary>An operator sends everything once more. So each message arrives twice, and must have one effect.</summary>
    private async Task ResendEverythingAsync()
    {
        using var http = new HttpClient();
        var everything = new Uri(system.Senders[0].Address!, "/api/outbox/resend?from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z");
        using var response = await http.PostAsync(everything, content: null, CancellationToken.None);
        response.EnsureSuccessStatusCode();
        await ArriveAsync("everything arrives again after a resend", TimeSpan.FromMinutes(2), copies: 2);
    }

    /// <summary>Waits until every message is sent, and has been delivered this often.</summary>
    private async Task ArriveAsync(string promise, TimeSpan deadline, int copies)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var (total, sent, delivered) = await CountAsync(copies);
            if (sent == total && delivered >= total)
            {
                return;
            }

            if (waited.Elapsed > deadline)
            {
                _broken.Add($"Not kept: {promise}. Of {total} messages {sent} are sent, and {delivered} were delivered.");
                return;
            }

            await Task.Delay(Interval, CancellationToken.None);
        }
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

    private static void Say(Stopwatch run, string text) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Elapsed:mm\\:ss} {text}"));
}

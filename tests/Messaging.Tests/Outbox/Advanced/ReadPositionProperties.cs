using FsCheck.Xunit;
using Messaging.Outbox.Advanced;

namespace Messaging.Tests.Outbox.Advanced;

/// <summary>
/// The read position under random commits. The database is a model of the few facts that the position rests on: ids are given out in order,
/// a transaction has its lock before its first id, and what it wrote is visible once it has committed.
/// </summary>
public sealed class ReadPositionProperties
{
    /// <param name="steps">What happens, one number each.</param>
    [Property(MaxTest = 2_000, EndSize = 300)]
    public void A_pass_misses_no_committed_message_and_starts_below_every_id_that_can_still_appear(byte[] steps) =>
        new ReadPositionRun().Take(steps);
}

/// <summary>The position, and the model of the database.</summary>
internal sealed class ReadPositionRun
{
    private const int BatchSize = 3;

    private readonly ReadPosition _position = new();
    private readonly SortedDictionary<string, List<long>> _writers = new(StringComparer.Ordinal);
    private readonly SortedSet<long> _pending = [];
    private long _lastId;
    private int _transactions;

    /// <summary>What was pending when the current pass began. The pass must read all of it.</summary>
    private long[] _toRead = [];

    public void Take(byte[] steps)
    {
        foreach (var step in steps)
        {
            Take(step % 8, step / 8);
        }

        // All transactions end, and one more pass finds what is left.
        while (_writers.Count > 0)
        {
            End(0, commits: true);
        }

        StartPass(isFull: false);
        while (!_position.IsAtEnd)
        {
            Read();
        }

        Assert.Empty(_pending);
    }

    private void Take(int step, int choice)
    {
        switch (step)
        {
            case 0:
                _writers.Add($"3/{++_transactions:D9}", []);
                break;
            case 1 or 2 when _writers.Count > 0:
                _writers.ElementAt(choice % _writers.Count).Value.Add(++_lastId);
                break;
            case 3 when _writers.Count > 0:
                End(choice, commits: choice % 4 > 0);
                break;
            case 4:
                Beat();
                break;
            case 5 when _position.IsAtEnd:
                StartPass(isFull: choice % 3 == 0);
                break;
            case 6 when !_position.IsAtEnd && choice % 8 == 0:
                StartPass(isFull: true);
                break;
            case 5 or 6 or 7 when !_position.IsAtEnd:
                Read();
                break;
        }
    }

    private void End(int choice, bool commits)
    {
        var (transaction, ids) = _writers.ElementAt(choice % _writers.Count);
        _writers.Remove(transaction);
        if (commits)
        {
            _pending.UnionWith(ids);
        }
    }

    private void Beat()
    {
        var open = _pending.GetViewBetween(_position.LowestOpenId, long.MaxValue);
        _position.Learn(new Heartbeat(1, [.. _writers.Keys], open.Count > 0 ? open.Min : null));
        AssertNothingAppearsBelow(_position.LowestOpenId);
        Assert.DoesNotContain(_pending, id => id < _position.LowestOpenId);
    }

    private void StartPass(bool isFull)
    {
        if (isFull)
        {
            _position.StartFullPass();
        }
        else
        {
            _position.StartPass();
        }

        AssertNothingAppearsBelow(_position.Next);
        _toRead = [.. _pending];
    }

    /// <summary>Reads a batch. All of it is sent and marked at once.</summary>
    private void Read()
    {
        long[] batch = [.. _pending.Where(id => id >= _position.Next).Take(BatchSize)];
        _pending.ExceptWith(batch);
        _position.Advance(batch.Length == 0 ? null : batch[^1], batch.Length < BatchSize);
        if (_position.IsAtEnd)
        {
            Assert.DoesNotContain(_toRead, _pending.Contains);
        }
    }

    private void AssertNothingAppearsBelow(long position) =>
        Assert.DoesNotContain(_writers.Values.SelectMany(ids => ids), id => id < position);
}

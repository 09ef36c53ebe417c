using System.Diagnostics;
using Npgsql;

namespace AppHost.Workshop.Watching;

/// <summary>Numbers of rows. To count takes the longer the more rows there are, so it may take a fiftieth of the time.</summary>
internal sealed class SlowCount(NpgsqlDataSource database, string sql)
{
    private const int Share = 50;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);

    private long[] _last = [];
    private TimeSpan _pause;
    private long _counted;

    /// <returns>The numbers, at most a few moments old.</returns>
    public async Task<long[]> ReadAsync(CancellationToken cancellationToken)
    {
        if (_last.Length > 0 && Stopwatch.GetElapsedTime(_counted) < _pause)
        {
            return _last;
        }

        var started = Stopwatch.GetTimestamp();
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        _last = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetInt64)];
        _counted = Stopwatch.GetTimestamp();
        _pause = Stopwatch.GetElapsedTime(started) * Share;
        _pause = _pause > Shortest ? _pause : Shortest;
        return _last;
    }
}

using Npgsql;
using NpgsqlTypes;

namespace ServiceDefaults.Data;

/// <summary>
/// Removes old rows a few at a time: one statement for all would lock and log for minutes, and would begin again after every interruption.
/// </summary>
/// <param name="table">The table's name, from the code and never from a user.</param>
/// <param name="timeColumn">What tells a row's age: a <c>timestamptz</c> with an index that begins with it.</param>
/// <param name="condition">Which rows may be removed at all, as SQL; the index should be partial by it. Defaults to all.</param>
public sealed class BoundedDelete(string table, string timeColumn, string condition = "true")
{
    public string Table { get; } = table;

    /// <summary>
    /// The inner query reads the index from the last step on, so that what was removed before, and is not vacuumed yet, is not read again
    /// each time. Two that run at once wait for each other's rows, find them gone, and do no harm. A row that is changed meanwhile is
    /// somewhere else, and stays.
    /// </summary>
    private readonly string _step = $"""
        WITH removed AS (
            DELETE FROM {table} WHERE ctid = ANY (ARRAY (
                SELECT ctid FROM {table}
                WHERE {timeColumn} >= @from AND {timeColumn} < now() - @period AND {condition}
                ORDER BY {timeColumn} LIMIT @size))
            RETURNING {timeColumn} AS time)
        SELECT count(*), max(time) FROM removed
        """;

    /// <summary>Removes up to <paramref name="size"/> rows that are older than <paramref name="period"/>.</summary>
    /// <param name="connection">An open connection. A crash at any moment means: the step happened, or it did not.</param>
    /// <param name="period">The age from which rows are removed, by the database's clock.</param>
    /// <param name="size">The most rows to remove.</param>
    /// <param name="from">Where the step before ended; the minimum at first.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <returns>How many were removed, and where the next step begins: fewer than <paramref name="size"/> are the last ones for now.</returns>
    public async Task<(long Removed, DateTime Next)> StepAsync(
        NpgsqlConnection connection, TimeSpan period, int size, DateTime from, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_step, connection);
        command.Parameters.AddWithValue("from", NpgsqlDbType.TimestampTz, DateTime.SpecifyKind(from, DateTimeKind.Utc));
        command.Parameters.AddWithValue("period", period);
        command.Parameters.AddWithValue("size", size);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), await reader.IsDBNullAsync(1, cancellationToken) ? from : reader.GetDateTime(1));
    }
}

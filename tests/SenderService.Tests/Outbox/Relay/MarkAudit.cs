using System.Globalization;

namespace SenderService.Tests.Outbox.Relay;

/// <summary>Makes the database record which session marks which message, and when.</summary>
internal static class MarkAudit
{
    public static Task StartAsync(string database) => Sql.ExecuteAsync(database, """
        CREATE TABLE marks (id bigint, pid int, at timestamptz DEFAULT clock_timestamp());
        CREATE FUNCTION note_mark() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO marks (id, pid) VALUES (NEW.id, pg_backend_pid()); RETURN NULL; END $$;
        CREATE TRIGGER note_mark AFTER UPDATE ON outbox_messages FOR EACH ROW WHEN (NEW.status = 'Sent') EXECUTE FUNCTION note_mark();
        """);

    /// <summary>Number of messages that were marked more than once.</summary>
    public static Task<long> MarkedTwiceAsync(string database) =>
        Sql.ScalarAsync<long>(database, "SELECT count(*) FROM (SELECT FROM marks GROUP BY id HAVING count(*) > 1) AS twice");

    /// <summary>Number of messages that a session has marked.</summary>
    public static Task<long> MarkedByAsync(string database, int pid) =>
        Sql.ScalarAsync<long>(database, string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM marks WHERE pid = {pid}"));
}

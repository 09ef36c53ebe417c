using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes.Postgres;

/// <summary>The user of the operating system that PostgreSQL runs as: our own or, since it refuses to run as root, another one.</summary>
internal sealed class PostgresUser
{
    private readonly UserIdentity? _other = Native.IsRoot
        ? UserIdentity.Find("postgres") ?? UserIdentity.Find("nobody")
            ?? throw new StartFailureException("PostgreSQL does not run as root, and there is neither a user 'postgres' nor "
                + "'nobody': add one, or do not run as root.")
        : null;

    public IReadOnlyList<string> Prefix(params IEnumerable<string> folders) => _other is null ? [] : OtherUser.Prefix(_other, folders);

    /// <summary>Makes a folder or file that PostgreSQL is to write its own.</summary>
    public void TakeOver(string path)
    {
        if (_other is null)
        {
            return;
        }

        var inside = Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories) : [];
        foreach (var entry in inside.Prepend(path))
        {
            Native.ChangeOwner(entry, _other.UserId, _other.GroupId);
        }
    }
}

using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Processes.Postgres;

/// <summary>A PostgreSQL server that is to be made ready for its start.</summary>
/// <param name="Programs">PostgreSQL.</param>
/// <param name="User">Runs them.</param>
/// <param name="Volume">The folder in which the data is.</param>
/// <param name="Role">The superuser.</param>
/// <param name="Password">Its password.</param>
/// <param name="Log">Gets what the programs say.</param>
internal sealed record PostgresServer(PostgresInstallation Programs, PostgresUser User, string Volume, string Role, string Password, ResourceLog Log);

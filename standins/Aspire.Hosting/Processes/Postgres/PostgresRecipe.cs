using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes.Containers;
using Aspire.Hosting.Processes.Running;

namespace Aspire.Hosting.Processes.Postgres;

/// <summary>Runs the image `postgres`: its variables POSTGRES_USER and POSTGRES_PASSWORD, its port, its data folder.</summary>
internal sealed class PostgresRecipe(PostgresPrograms programs, PostgresCluster cluster, ProcessStarter processes) : IContainerRecipe
{
    private const int Port = 5432;

    public string Image => "postgres";

    // Up to 17 the data folder itself, from 18 on the one above it.
    public bool IsDataFolder(string target) => target.TrimEnd('/') is "/var/lib/postgresql/data" or "/var/lib/postgresql";

    public bool ListensOn(int targetPort) => targetPort == Port;

    public void Check() => programs.Find();

    public async Task<RunningResource> StartAsync(ContainerRun run, CancellationToken cancellationToken)
    {
        var installation = FindFor(run);
        var user = new PostgresUser();
        var role = run.Environment.GetValueOrDefault("POSTGRES_USER", "postgres");
        var password = run.Environment.GetValueOrDefault("POSTGRES_PASSWORD")
            ?? throw new StartFailureException($"The container '{run.Resource.Name}' needs the environment variable POSTGRES_PASSWORD.");
        await cluster.PrepareAsync(new PostgresServer(installation, user, run.DataFolder, role, password, run.Log), cancellationToken);

        var data = PostgresCluster.DataFolder(run.DataFolder);
        var server = processes.Start(
            new ProcessSpec
            {
                FileName = installation.Postgres,
                Arguments =
                [
                    "-D", data,
                    "-p", run.Port(Port).ToString(CultureInfo.InvariantCulture),
                    "-c", "listen_addresses=127.0.0.1",
                    // A socket's path may have 107 characters at most, which a checkout's easily exceeds.
                    "-c", "unix_socket_directories=",
                    "-c", "max_connections=200",
                    "-c", "log_timezone=UTC",
                    .. run.Arguments,
                ],
                WorkingDirectory = run.DataFolder,
                Environment = PostgresCluster.Environment(),
                Prefix = user.Prefix(data, installation.Postgres),
                // "Fast": open transactions are rolled back, and the server ends without waiting for its clients.
                StopSignal = Native.SigInt,
            },
            run.Log);

        return new RunningResource
        {
            Main = server,
            Properties =
            [
                new(KnownProperties.Program, $"PostgreSQL {installation.Version} ({installation.Folder})"),
                new(KnownProperties.DataFolder, data),
                new(KnownProperties.Process, server.Id),
            ],
        };
    }

    private PostgresInstallation FindFor(ContainerRun run)
    {
        var written = PostgresCluster.MajorVersion(run.DataFolder);
        var installation = programs.Find(written);
        return written is null || written == installation.Major
            ? installation
            : throw new StartFailureException(
                $"The data of '{run.Resource.Name}' was written by PostgreSQL {written}, and only PostgreSQL "
                + $"{installation.Major} was found: install PostgreSQL {written}, or delete {run.DataFolder} to start with no data.");
    }
}

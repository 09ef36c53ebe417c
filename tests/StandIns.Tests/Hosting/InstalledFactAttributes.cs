using Aspire.Hosting;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Processes.Brokers;
using Aspire.Hosting.Processes.Postgres;
using Aspire.Hosting.Processes.Volumes;
using Tests.Harness;

namespace StandIns.Tests.Hosting;

/// <summary>Needs a PostgreSQL on this machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = Installed.MissingPostgres;
}

/// <summary>Needs everything that the demo runs, and the AppHost built with the stand-ins.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AppHostFactAttribute : FactAttribute
{
    public AppHostFactAttribute() => Skip = NoProc ?? AppHostProcess.Missing ?? Installed.MissingPostgres ?? Installed.MissingBroker;

    private static string? NoProc => OperatingSystem.IsLinux() ? null : "What is left of an AppHost is found in /proc, which only Linux has.";
}

/// <summary>Needs the AppHost, and the Aspire CLI for its dashboard.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DashboardFactAttribute : FactAttribute
{
    public DashboardFactAttribute() => Skip = new AppHostFactAttribute().Skip ?? Installed.MissingDashboard;
}

/// <summary>Needs a broker, and takes minutes.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongBrokerFactAttribute : FactAttribute
{
    public LongBrokerFactAttribute() => Skip = LongTests.AreOn ? Installed.MissingBroker : LongTests.Reason;
}

/// <summary>Why a test cannot run here; null if it can.</summary>
internal static class Installed
{
    /// <summary>Where the demo keeps programs that it has downloaded.</summary>
    public static readonly string Tools = Path.Combine(LocalFolder.SolutionFolder(AppContext.BaseDirectory), "artifacts", "tools");

    public static string? MissingPostgres => Failure(() => new PostgresPrograms(Tools).Find());

    public static string? MissingBroker => Failure(() => _ = (object?)new ArtemisPrograms(Tools).Find() ?? RabbitMqPrograms.Find()
        ?? throw new DistributedApplicationException("There is neither Apache Artemis (ARTEMIS_HOME) nor RabbitMQ."));

    public static string? MissingDashboard => AspireCli.Find(AppContext.BaseDirectory) is null ? "There is no Aspire CLI." : null;

    private static string? Failure(Action find)
    {
        try
        {
            find();
            return null;
        }
        catch (DistributedApplicationException exception)
        {
            return exception.Message;
        }
    }
}
